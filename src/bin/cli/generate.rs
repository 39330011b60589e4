//! `generate`: new tunes to the standard output, a tunebook or a folder.

use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use reelsmith::compose::{ComposeError, Composition, Request, compose, compose_many, now, rank, thread_pool};
use reelsmith::files::write_atomically;
use reelsmith::model::Network;

use super::wishes::{RankArgs, WishArgs};
use super::{CliError, NetworkArgs, json, print};

/// Write new tunes
#[derive(Debug, clap::Args)]
pub(crate) struct Generate {
    /// How many tunes, up to 100,000
    #[arg(short = 'n', long, default_value = "1", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    count: u64,
    /// How freely the network draws, from 0 (always the likeliest character) to 2
    #[arg(short, long, default_value_t = Request::default().temperature)]
    temperature: f32,
    /// Draw among the K likeliest characters only
    #[arg(long, value_name = "K")]
    top_k: Option<NonZeroUsize>,
    /// Draw among the likeliest characters that together have probability P, above 0 and at most 1
    #[arg(long, value_name = "P", default_value_t = Request::default().top_p)]
    top_p: f32,
    /// The random seed: the same seed writes the same tunes. Without it one is picked, and written
    /// into the tunes
    #[arg(short, long)]
    seed: Option<u64>,
    /// The text every tune starts with: empty, or header fields such as 'M:6/8\nK:D\n'. A backslash
    /// and an n, as here, stand for a line break
    #[arg(short, long, value_name = "TEXT", default_value = r"X:1\n")]
    prompt: String,
    /// After writing this many characters, end the tune at the next bar line
    #[arg(short, long, value_name = "CHARACTERS", default_value_t = Request::default().length)]
    length: usize,
    /// After writing this many bars, end the tune
    #[arg(long, value_name = "BARS")]
    bars: Option<NonZeroUsize>,
    /// Where to write: a name ending in .abc is one tunebook, any other a folder with one file a
    /// tune. Without it, tunes go to the standard output
    #[arg(short, long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Overwrite files that are there already
    #[arg(long, requires = "out")]
    force: bool,
    /// How many threads write tunes [default: one less than the machine has]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Read one request as a JSON object from the standard input and answer with one: the fields are
    /// seed (the prompt), temperature, length and random_seed
    #[arg(long, conflicts_with_all = ["count", "temperature", "top_k", "top_p", "seed", "prompt", "length", "bars", "out", "threads"])]
    json: bool,
    #[command(flatten)]
    ranking: RankArgs,
    #[command(flatten)]
    wishes: WishArgs,
    #[command(flatten)]
    network: NetworkArgs,
}

/// Where tunes go.
enum Target<'a> {
    Output,
    Tunebook(&'a Path),
    Folder(&'a Path),
}

impl Generate {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        if self.json {
            return json::run(&self.network);
        }
        let seed = self.seed.unwrap_or_else(random_seed);
        let request = Request {
            prompt: self.prompt.replace("\\n", "\n"),
            temperature: self.temperature,
            top_k: self.top_k,
            top_p: self.top_p,
            seed,
            length: self.length,
            bars: self.bars,
            ..Request::default()
        };
        let request = self.wishes.apply(request);
        let target = self.target();
        // Before the work rather than after it.
        if !self.force {
            self.refuse_to_overwrite(&target, seed)?;
        }
        let (network, _) = self.network.open()?;
        request.validate(network.vocabulary())?;
        let mut tunes = Vec::new();
        let mut failed = Vec::new();
        for (index, result) in (0..).zip(self.compose(&network, &request)?) {
            match result {
                Ok(tune) => tunes.push(tune),
                Err(error) => failed.push((index, error)),
            }
        }
        if let Some(best) = self.ranking.best {
            let ranked = rank(&tunes.iter().collect::<Vec<_>>());
            tunes = ranked.iter().take(best.get()).map(|ranked| tunes[ranked.index].clone()).collect();
        }
        if !tunes.is_empty() {
            write(&target, &tunes)?;
        }
        match failed.len() {
            0 => Ok(ExitCode::SUCCESS),
            1 if self.count == 1 => Err(failed.remove(0).1.into()),
            _ => Err(CliError::SomeTunes { count: self.count, failed }),
        }
    }

    fn target(&self) -> Target<'_> {
        match &self.out {
            None => Target::Output,
            Some(path) if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("abc")) => {
                Target::Tunebook(path)
            }
            Some(path) => Target::Folder(path),
        }
    }

    fn refuse_to_overwrite(&self, target: &Target<'_>, seed: u64) -> Result<(), CliError> {
        let there = match target {
            Target::Output => None,
            Target::Tunebook(path) => path.exists().then(|| path.to_path_buf()),
            Target::Folder(folder) if folder.is_dir() => {
                (0..self.count).map(|index| tune_path(folder, seed, index)).find(|path| path.exists())
            }
            Target::Folder(_) => None,
        };
        there.map_or(Ok(()), |path| Err(CliError::Exists(path)))
    }

    fn compose(
        &self,
        network: &Network,
        request: &Request,
    ) -> Result<Vec<Result<Composition, ComposeError>>, CliError> {
        let time = now();
        if self.count == 1 {
            // One tune needs no pool of threads.
            return Ok(vec![compose(network, request, 0, &time, &mut |_| ControlFlow::Continue(()))]);
        }
        let pool = thread_pool(self.threads)?;
        Ok(compose_many(network, request, self.count, &time, &pool))
    }
}

/// A seed from the system's random numbers, short enough to be typed.
pub(crate) fn random_seed() -> u64 {
    RandomState::new().build_hasher().finish() >> 32
}

fn tune_path(folder: &Path, seed: u64, index: u64) -> PathBuf {
    folder.join(format!("tune-{seed}-{index}.abc"))
}

fn write(target: &Target<'_>, tunes: &[Composition]) -> Result<(), CliError> {
    match target {
        Target::Output => print(&tunebook(tunes)),
        Target::Tunebook(path) => write_file(path, &tunebook(tunes)),
        Target::Folder(folder) => {
            fs::create_dir_all(folder).map_err(CliError::file("make the folder", folder))?;
            tunes.iter().try_for_each(|tune| {
                let from = &tune.provenance;
                write_file(
                    &tune_path(folder, from.request.seed, from.index),
                    &tune.abc(1, &tune.working_title(from.index + 1)),
                )
            })
        }
    }
}

fn write_file(path: &Path, text: &str) -> Result<(), CliError> {
    write_atomically(path, text.as_bytes()).map_err(CliError::file("write", path))
}

/// Tunes numbered from 1, with the blank line between them that ends a tune in ABC.
fn tunebook(tunes: &[Composition]) -> String {
    let texts: Vec<String> =
        (1..).zip(tunes).map(|(number, tune)| tune.abc(number, &tune.working_title(number as u64))).collect();
    texts.join("\n")
}
