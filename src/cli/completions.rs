//! `completions`: the script that completes commands and options in a shell.

use clap::{Args, Command};
use clap_complete::Shell;

use super::{Failure, Out};

/// Print the script that completes commands and options in a shell
#[derive(Args)]
#[command(after_help = "Examples:\n  seatledger completions bash > /etc/bash_completion.d/seatledger\n  \
    seatledger completions zsh > ~/.zfunc/_seatledger")]
pub struct Completions {
    /// The shell that will read it
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub fn run(self, command: &Command) -> Result<(), Failure> {
        // Into memory first: the generator panics where it cannot write.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut shown(command), "seatledger", &mut script);
        let mut out = Out::new();
        std::io::Write::write_all(&mut out, &script)?;
        Ok(std::io::Write::flush(&mut out)?)
    }
}

/// The commands without hidden arguments, which the generator would offer.
fn shown(command: &Command) -> Command {
    let about = command.get_about().cloned().unwrap_or_default();
    Command::new(command.get_name().to_owned())
        .about(about)
        .args(command.get_arguments().filter(|arg| !arg.is_hide_set()).cloned())
        .subcommands(command.get_subcommands().map(shown))
}
