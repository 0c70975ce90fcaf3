//! Pages and calls at a million users, by HTTP to the real server: idle, and while an import runs. Beside them a
//! static file of the same server, asked for in turn: what HTTP itself costs here.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use reqwest::blocking::Client;
use reqwest::header::{AUTHORIZATION, COOKIE};
use seatledger::domain::account::{Role, Scope};
use seatledger::secret::token;
use seatledger::store::{Commit, Store, accounts, clients, sessions};

use super::Bench;
use super::corpus;
use super::table::{median, mib};

/// What is asked for: the name that the table shows, the address, and whether it is a call of the API.
pub type Asked = (&'static str, &'static str, bool);
const ASKED: &[Asked] = &[
    ("GET /api/v1/usage", "/api/v1/usage?period=2026-09", true),
    ("usage page", "/usage?period=2026-09", false),
    ("users page", "/users?period=2026-09", false),
    ("users page, filtered", "/users?period=2026-09&domain=LAB&linked=false", false),
    ("servers page", "/servers?period=2026-09", false),
];
/// What HTTP itself costs here.
const STATIC: &str = "/static/app.js";
/// Clients that ask at once.
const CLIENTS: usize = 2;
const FLOOR: f64 = 0.300;
const AIM: f64 = 0.100;

pub fn run(bench: &mut Bench) -> Result<()> {
    println!("serve");
    let folder = bench.folder.join("served");
    std::fs::create_dir(&folder)?;
    std::fs::copy(Path::new(&bench.month()).join("seatledger.db"), folder.join("seatledger.db"))?;
    let keys = Keys::make(&folder)?;
    let mut starts = Vec::new();
    for _ in 0..bench.runs {
        starts.push(Served::start(&folder)?.took);
    }
    let start = median(starts);
    bench.table.bound("start to ready", format!("{start:.3} s"), "0.3 s".to_owned(), start <= 0.3);
    let served = Served::start(&folder)?;
    std::thread::sleep(Duration::from_secs(2));
    let idle = served.resident_kib();
    bench.table.bound("idle memory", mib(idle), "40 MiB".to_owned(), idle <= 40 * 1024);
    for (what, path, _) in ASKED {
        let first = keys.ask(&served, path)?;
        bench.table.note(format!("{what}: {first:.3} s the first time"));
    }
    // As many as an idle server is asked in some seconds.
    let idle = measure(&served, &keys, ASKED, |asked| asked < 200)?;
    report(bench, "idle", &idle);
    let upload = bench.folder.join("served.zip");
    let first = bench.users;
    std::fs::write(
        &upload,
        corpus::server_zip(7, "2026-10-05T11:00:00Z", corpus::PERIOD, first..first + bench.users)?,
    )?;
    let done = AtomicBool::new(false);
    let (busy, import) = std::thread::scope(|scope| -> Result<_> {
        let importing = scope.spawn(|| {
            let begun = Instant::now();
            let sent = keys.upload(&served, &upload);
            done.store(true, Ordering::Relaxed);
            sent.map(|()| begun.elapsed().as_secs_f64())
        });
        let busy = measure(&served, &keys, ASKED, |_| !done.load(Ordering::Relaxed));
        let import = importing.join().map_err(|_| anyhow::anyhow!("the upload panicked"))?;
        Ok((busy?, import?))
    })?;
    bench.table.note(format!("an upload of {first} new users through the API meanwhile: {import:.3} s"));
    report(bench, "while an import runs", &busy);
    // Behind the import the month is counted once anew.
    let behind = measure(&served, &keys, ASKED, |asked| asked < 50)?;
    report(bench, "behind it", &behind);
    bench.table.note(format!("memory of the server at the end: {}", mib(served.resident_kib())));
    Ok(())
}

/// Times by what was asked, the static file last.
pub type Times = Vec<Vec<f64>>;

/// Asks for everything in turn, by several clients at once, for as long as `more` of the rounds that are done says so.
pub fn measure(
    served: &Served,
    keys: &Keys,
    asked: &[Asked],
    more: impl Fn(usize) -> bool + Sync,
) -> Result<Times> {
    let all = std::thread::scope(|scope| {
        let more = &more;
        let threads: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(move || -> Result<Times> {
                    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
                    let mut times: Times = vec![Vec::new(); asked.len() + 1];
                    let mut rounds = 0;
                    while more(rounds) || rounds == 0 {
                        for (index, (_, path, is_api)) in asked.iter().enumerate() {
                            times[index].push(keys.timed(&client, served, path, *is_api)?);
                        }
                        times[asked.len()].push(keys.timed(&client, served, STATIC, false)?);
                        rounds += 1;
                    }
                    Ok(times)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a client panicked"))?)
            .collect::<Result<Vec<_>>>()
    })?;
    let mut sum: Times = vec![Vec::new(); asked.len() + 1];
    for times in all {
        for (sum, times) in sum.iter_mut().zip(times) {
            sum.extend(times);
        }
    }
    Ok(sum)
}

fn report(bench: &mut Bench, when: &str, times: &Times) {
    let (p50, p95) = (at(&times[ASKED.len()], 0.50), at(&times[ASKED.len()], 0.95));
    bench.table.note(format!("static file {when}: p50 {:.1} ms, p95 {:.1} ms", p50 * 1e3, p95 * 1e3));
    for ((what, _, _), times) in ASKED.iter().zip(times) {
        let (own50, own95) = (at(times, 0.50), at(times, 0.95));
        let verdict = if own95 <= AIM { "aim" } else { "floor" };
        bench.table.bound(
            &format!("{what} {when}"),
            format!(
                "p50 {:.1} ms, p95 {:.1} ms, {:.0} x static, n {}",
                own50 * 1e3,
                own95 * 1e3,
                own50 / p50,
                times.len()
            ),
            format!("p95 300 / 100 ms: {verdict}"),
            own95 <= FLOOR,
        );
    }
}

/// The time that this part of all stays below.
pub fn at(times: &[f64], part: f64) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let last = times.len().saturating_sub(1);
    times.get(((last as f64) * part).round() as usize).copied().unwrap_or(f64::NAN)
}

/// A running server; ended when it goes.
pub struct Served {
    child: Child,
    address: String,
    took: f64,
}

impl Served {
    pub fn start(folder: &Path) -> Result<Self> {
        let begun = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_seatledger"))
            .args(["serve", "--listen", "127.0.0.1:0", "--now", &corpus::now().to_string(), "--data"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("its standard output")?).lines();
        let line = lines.next().context("a line that says where it listens")??;
        let address = line.trim_start_matches("Listening on ").to_owned();
        Ok(Self { child, address, took: begun.elapsed().as_secs_f64() })
    }

    /// 0 where the system does not tell.
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It is measured no more: an end without grace is enough.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A session and a token, made past HTTP.
pub struct Keys {
    session: String,
    token: String,
}

impl Keys {
    pub fn make(folder: &Path) -> Result<Self> {
        let mut store = Store::open(folder, Duration::from_secs(30))?;
        let mut commit = Commit::new(corpus::now(), &corpus::actor());
        let (session, bearer) = (token::fresh()?, token::fresh()?);
        accounts::create(&mut commit, "a-bench", "bench", Role::Admin, "$argon2id$none");
        sessions::open(&mut commit, &token::digest(&session), "a-bench", "csrf");
        let scopes = [Scope::Upload, Scope::Read].into_iter().collect();
        clients::create(&mut commit, "k-bench", "bench", scopes, &token::digest("secret"), None);
        clients::issue_token(&mut commit, &token::digest(&bearer), "k-bench");
        store.commit(&commit)?;
        Ok(Self { session, token: bearer })
    }

    pub fn ask(&self, served: &Served, path: &str) -> Result<f64> {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .build()?;
        self.timed(&client, served, path, path.starts_with("/api/"))
    }

    fn timed(&self, client: &Client, served: &Served, path: &str, is_api: bool) -> Result<f64> {
        let request = client.get(format!("{}{path}", served.address));
        let request = if is_api {
            request.header(AUTHORIZATION, format!("Bearer {}", self.token))
        } else {
            request.header(COOKIE, format!("seatledger={}", self.session))
        };
        let begun = Instant::now();
        let answer = request.send()?;
        let status = answer.status();
        let body = answer.bytes()?;
        let took = begun.elapsed().as_secs_f64();
        ensure!(status == 200, "{path}: {status}: {}", String::from_utf8_lossy(&body));
        Ok(took)
    }

    fn upload(&self, served: &Served, file: &PathBuf) -> Result<()> {
        let client = Client::builder().timeout(Duration::from_secs(600)).build()?;
        let answer = client
            .post(format!("{}/api/v1/uploads", served.address))
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .body(std::fs::File::open(file)?)
            .send()?;
        ensure!(answer.status() == 201, "upload: {}: {}", answer.status(), answer.text()?);
        Ok(())
    }
}
