//! `demo`: fills an empty folder with a sample fleet through the real import, and prints a month of it.

use std::io::Write as _;

use clap::Args;

use super::serve::{Listen, announce, serve};
use super::shell::quoted;
use super::table::{Column, Table, figure};
use super::{Context, Failure, Out};
use crate::demo::{self, DemoError, Summary};
use crate::domain::account::Role;
use crate::domain::error::code;
use crate::secret::{password, token};
use crate::store::{Store, accounts};
use crate::web::Options;

/// Fill an empty data folder with a sample fleet, print a month of it, and serve it
#[derive(Args)]
#[command(after_help = "\
About 14 license servers, 3 sites, 2,000 users and 25 customers over 14 months, through the real
import. The same for everyone on a given day. A folder that is filled already is used as it is, and
an interrupted fill is taken up again on the same day; one that holds anything else is refused.
Then it is served, with an account whose password is printed once.

Examples:
  seatledger demo
  seatledger demo --data /tmp/sample --listen 127.0.0.1:9090
  seatledger demo --fill-only --json")]
pub struct Demo {
    #[command(flatten)]
    listen: Listen,
    /// Fill and print, and do not serve
    #[arg(long)]
    fill_only: bool,
}

/// The account that signs in to the sample.
const ACCOUNT: &str = "admin";

impl Demo {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let mut store = context.writer()?;
        let mut told = std::io::stderr();
        let summary = demo::fill(&mut store, &context.actor, context.now(), &mut |step| {
            // Progress is a courtesy: a closed standard error does not stop the work.
            let _ = writeln!(told, "{step}");
        })?;
        let mut out = context.out();
        if context.json {
            out.json(&summary.to_json())?;
        } else {
            print(&summary, &context.program, &mut out)?;
        }
        if self.fill_only {
            return Ok(());
        }
        let sign_in = sign_in(&mut store, context)?;
        drop(store);
        writeln!(out, "\n{sign_in}")?;
        out.flush()?;
        let listen = self.listen.listen;
        let data = context.data.clone();
        let options = Options { data, listen, inbox: None, tls: None, now: context.instead(), announce };
        serve(options, context)
    }
}

/// Makes the account of the sample; a second run, which cannot know its password, says how to set another.
fn sign_in(store: &mut Store, context: &Context) -> Result<String, Failure> {
    if store.has_accounts()? {
        return Ok(format!(
            "Sign in as {ACCOUNT}. The password was printed by the first run; for a new one:\n  {} account passwd {ACCOUNT}",
            context.program
        ));
    }
    let password = format!("{}-{}", token::one_use_code()?, token::one_use_code()?);
    let mut commit = context.commit();
    let id = accounts::new_id(&commit, ACCOUNT);
    accounts::create(&mut commit, &id, ACCOUNT, Role::Admin, &password::hash(&password)?);
    store.commit(&commit)?;
    Ok(format!("Sign in as {ACCOUNT} with the password {password}"))
}

/// Figures as a table, then commands to go on with, as calls of `program`.
fn print(summary: &Summary, program: &str, out: &mut Out) -> Result<(), Failure> {
    let Summary { period, feature, license_servers, sites, netscalers, .. } = summary;
    writeln!(
        out,
        "Sample fleet: {license_servers} license servers, {sites} sites, {netscalers} NetScalers."
    )?;
    if summary.rows.is_empty() {
        writeln!(
            out,
            "\nNo usage of {feature} in any complete month before {period}: the clock is behind the sample."
        )?;
        return Ok(out.flush()?);
    }
    writeln!(out, "\n{feature} in {period}\n")?;
    let titles = ["Users", "Paid", "Free"].map(Column::Figure);
    let mut table = Table::new([Column::Text("Customer")].into_iter().chain(titles));
    for row in &summary.rows {
        let customer = row.customer.as_deref().unwrap_or("(unlinked)").to_owned();
        table.row([customer, figure(row.users), figure(row.paid_users), figure(row.free_users)]);
    }
    if let Some(total) = &summary.total {
        let cells = [total.users, total.paid_users, total.free_users].map(figure);
        table.row(["(total)".to_owned()].into_iter().chain(cells));
    }
    table.print(out)?;
    if let Some(total) = &summary.total {
        writeln!(out, "\n{} of them work for more than one customer (overlap).", total.overlap)?;
    }
    writeln!(out, "\nWhat to try next:")?;
    for step in next_steps(summary) {
        writeln!(out, "  {program} {step}")?;
    }
    Ok(out.flush()?)
}

fn next_steps(summary: &Summary) -> Vec<String> {
    let Summary { period, feature, .. } = summary;
    let mut steps = vec![format!("export usage --period {period}")];
    let customer =
        summary.rows.iter().find_map(|row| row.customer.as_deref().zip(row.customer_id.as_deref()));
    if let (Some(user), Some((customer, _))) = (&summary.unlinked_user, customer) {
        let (user, customer) = (quoted(user), quoted(customer));
        steps.push(format!(
            "assign --period {} --kind user --object {user} --customer {customer} --dry-run",
            summary.open_period
        ));
    }
    if let Some((_, id)) = customer {
        let id = id.replace('\'', "''");
        let sql = format!("SELECT * FROM seat_explain('{period}', '{id}', '{feature}') LIMIT 5");
        // Double quotes are easier to read around the single ones of SQL.
        let plain = !sql.contains(['"', '$', '`', '\\', '!']);
        steps.push(format!("sql {}", if plain { format!("\"{sql}\"") } else { quoted(&sql) }));
    }
    steps.push("period list".to_owned());
    steps.push("check".to_owned());
    steps
}

impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        let text = error.to_string();
        match error {
            DemoError::Store(error) => error.into(),
            DemoError::NotEmpty(_) => Self::failed(code::INPUT_INVALID, text),
            DemoError::Write(_) => Self::failed(code::OUTPUT_FAILED, text),
            DemoError::Rejected { rejection, .. } => Self::failed(rejection.code, text),
        }
    }
}
