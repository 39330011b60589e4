//! `score`: how good tunes are by what can be counted, beside tunes people play.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use reelsmith::abc::grammar::{Form, canonical};
use reelsmith::abc::{Code, Diagnostic, Tune, parse};
use reelsmith::compose::habits::{free_grammar, habits};
use reelsmith::compose::plan::grants;
use reelsmith::compose::{Composition, Facts, Request, Wishes, compose_many, now, thread_pool};
use reelsmith::perform::TuneType;

use super::check::read;
use super::generate::random_seed;
use super::habits::read_records;
use super::referees::{self, Verdict};
use super::wishes::WishArgs;
use super::{CliError, NetworkArgs, print};

/// Judge tunes by what can be counted: are they valid, do bars and repeats add up, are they like others of
/// their type
///
/// abc2midi, node with abcjs, and python3 are asked if they are there.
#[derive(Debug, clap::Args)]
pub(crate) struct Score {
    /// Tunes in ABC
    #[arg(value_name = "FILE", required_unless_present = "generate")]
    files: Vec<PathBuf>,
    /// Compose so many tunes and judge those
    #[arg(long, value_name = "N", conflicts_with = "files")]
    generate: Option<u64>,
    /// The temperature to compose at
    #[arg(short, long, default_value_t = Request::default().temperature)]
    temperature: f32,
    /// The random seed to compose with
    #[arg(short, long)]
    seed: Option<u64>,
    /// A corpus in JSON to set beside them, such as validation.json
    #[arg(long, value_name = "FILE")]
    beside: Option<PathBuf>,
    #[command(flatten)]
    wishes: WishArgs,
    #[command(flatten)]
    network: NetworkArgs,
}

/// A tune to be judged.
struct Entry {
    abc: String,
    kind: Option<TuneType>,
}

impl Score {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        let mut columns = Vec::new();
        if let Some(count) = self.generate {
            let request = Request {
                temperature: self.temperature,
                seed: self.seed.unwrap_or_else(random_seed),
                ..Request::default()
            };
            let request = self.wishes.apply(request);
            let (network, _) = self.network.open()?;
            request.validate(network.vocabulary())?;
            let start = std::time::Instant::now();
            let results = compose_many(&network, &request, count, &now(), &thread_pool(None)?);
            let seconds = start.elapsed().as_secs_f64();
            let tunes: Vec<Composition> = results.into_iter().collect::<Result<_, _>>()?;
            let entries = tunes.iter().zip(1..).map(|(tune, number)| Entry {
                abc: tune.abc(number, &tune.working_title(number as u64)),
                kind: Some(tune.tune_type()),
            });
            let mut column = Column::of("composed", entries.collect(), Some(&request.wishes))?;
            column.add_composing(&tunes, seconds);
            columns.push(column);
        } else {
            let mut entries = Vec::new();
            for path in &self.files {
                let text = read(path)?;
                for tune in &parse(&text).tunes {
                    let abc = text.get(tune.span.range()).unwrap_or_default().to_owned();
                    entries.push(Entry { kind: tune.rhythm().and_then(TuneType::named), abc });
                }
            }
            columns.push(Column::of("these", entries, None)?);
        }
        if let Some(path) = &self.beside {
            let entries = read_records(path)?.into_iter().map(|record| Entry {
                kind: TuneType::named(&record.rhythm).filter(|kind| kind.name() == record.rhythm),
                abc: canonical(&record.abc),
            });
            columns.push(Column::of("beside", entries.collect(), None)?);
        }
        print(&table(&columns))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The figures of a set of tunes, a line each.
struct Column {
    name: &'static str,
    tunes: usize,
    rows: Vec<(&'static str, String)>,
}

/// A share of tunes.
#[derive(Default)]
struct Share {
    yes: usize,
    all: usize,
}

impl Share {
    fn count(&mut self, yes: bool) {
        self.yes += usize::from(yes);
        self.all += 1;
    }

    fn text(&self) -> String {
        if self.all == 0 {
            "–".to_owned()
        } else {
            format!("{:.1} %", 100.0 * self.yes as f64 / self.all as f64)
        }
    }
}

impl Column {
    fn of(name: &'static str, entries: Vec<Entry>, wishes: Option<&Wishes>) -> Result<Self, CliError> {
        let mut shares: [(&'static str, Share); 9] = [
            ("read without a word", Share::default()),
            ("repeats and endings closed", Share::default()),
            ("in the dialect", Share::default()),
            ("form as wished", Share::default()),
            ("section lengths usual for the type", Share::default()),
            ("all notes of the key", Share::default()),
            ("ends at home", Share::default()),
            ("form known of the type", Share::default()),
            ("no duplicate in the batch", Share::default()),
        ];
        let mut melodies = BTreeSet::new();
        let mut sums = [0.0; 3];
        let mut with_facts = 0.0f64;
        for entry in &entries {
            let parsed = parse(&format!("{}\n", entry.abc.trim_end()));
            let Some(tune) = parsed.tunes.first() else { continue };
            let mut count = |i: usize, yes: bool| shares[i].1.count(yes);
            count(0, parsed.diagnostics.is_empty());
            count(1, !parsed.diagnostics.iter().any(is_about_repeats));
            let form = form_of(&entry.abc, tune);
            count(2, form.is_some());
            if let (Some(wishes), Some(form)) = (wishes, &form) {
                count(3, grants(wishes, form));
            }
            if let (Some(kind), Some(form)) = (entry.kind, &form)
                && let Some(usual) = usual_lengths(kind)
            {
                count(4, form.sections.iter().all(|section| usual.contains(&section.bars)));
                let known =
                    habits(kind).is_some_and(|h| h.shapes.iter().any(|(shape, _)| shape.form == *form));
                count(7, known);
            }
            if let Some(facts) = Facts::of(tune) {
                count(5, facts.in_key == 1.0);
                count(6, facts.last == 0);
                count(8, melodies.insert(facts.melody));
                with_facts += 1.0;
                let of_tune = [facts.returning, facts.shared, facts.smooth];
                sums.iter_mut().zip(of_tune).for_each(|(sum, value)| *sum += value);
            }
        }
        let mut rows: Vec<(&'static str, String)> =
            shares.iter().map(|(name, share)| (*name, share.text())).collect();
        let names = ["bars that come back", "bars parts share", "intervals of a third or less"];
        let mean = |sum: f64| format!("{:.1} %", 100.0 * sum / with_facts.max(1.0));
        rows.extend(names.into_iter().zip(sums.map(mean)));
        let texts: Vec<&str> = entries.iter().map(|entry| entry.abc.as_str()).collect();
        for (name, verdict) in referees::ask(&texts)? {
            rows.push((
                name,
                match verdict {
                    Verdict::Absent => "not asked".to_owned(),
                    Verdict::Faulty(faulty) => {
                        let clean = Share { yes: texts.len().saturating_sub(faulty), all: texts.len() };
                        format!("{} ({faulty} faulty)", clean.text())
                    }
                },
            ));
        }
        Ok(Self { name, tunes: entries.len(), rows })
    }

    fn add_composing(&mut self, tunes: &[Composition], seconds: f64) {
        let characters: usize = tunes.iter().filter_map(|t| t.strain.as_ref()).map(|s| s.characters).sum();
        let lost: f64 = tunes.iter().filter_map(|t| t.strain.as_ref()).map(|s| s.total()).sum();
        let redrawn: usize = tunes.iter().filter_map(|t| t.strain.as_ref()).map(|s| s.redrawn).sum();
        let bars: usize = tunes.iter().filter_map(|t| t.strain.as_ref()).map(|s| s.bars.len()).sum();
        let nats: f64 = tunes.iter().map(|tune| -tune.log_probability).sum();
        let each = |sum: f64, count: usize| sum / count.max(1) as f64;
        self.rows.extend([
            ("nats a character", format!("{:.3}", each(nats, tunes.len()))),
            ("nats a character lost to the mask", format!("{:.4}", each(lost, characters))),
            ("bars drawn again", format!("{:.2} %", 100.0 * each(redrawn as f64, bars))),
            ("seconds", format!("{seconds:.1}")),
        ]);
    }
}

fn is_about_repeats(diagnostic: &Diagnostic) -> bool {
    matches!(diagnostic.code, Code::UnclosedRepeat | Code::UnbalancedEnding)
}

/// The form of a tune in the dialect.
fn form_of(abc: &str, tune: &Tune) -> Option<Form> {
    // The last line's end is no part of the music.
    let (mut grammar, _) = free_grammar(abc.trim_end())?;
    debug_assert_eq!(tune.voices.len(), 1);
    grammar.form(abc.trim_end())
}

/// Lengths that more than a twentieth of the type's sections have.
fn usual_lengths(kind: TuneType) -> Option<BTreeSet<u8>> {
    let shapes = &habits(kind)?.shapes;
    let mut counts = [0u32; 256];
    for (shape, count) in shapes {
        shape.form.sections.iter().for_each(|section| counts[usize::from(section.bars)] += count);
    }
    let all: u32 = counts.iter().sum();
    Some((0..=255u8).filter(|&bars| 20 * counts[usize::from(bars)] > all).collect())
}

fn table(columns: &[Column]) -> String {
    let mut out = format!("{:38}", "");
    for column in columns {
        // Writing to a string does not fail.
        let _ = write!(out, "{:>24}", format!("{} {}", column.tunes, column.name));
    }
    out.push('\n');
    let longest = columns.iter().max_by_key(|column| column.rows.len());
    for (i, (name, _)) in longest.map_or(&[][..], |column| &column.rows).iter().enumerate() {
        let _ = write!(out, "{name:38}");
        for column in columns {
            let _ = write!(out, "{:>24}", column.rows.get(i).map_or("", |(_, value)| value));
        }
        out.push('\n');
    }
    out
}

/// Writes tunes where a program can read them.
pub(super) fn tunebook(path: &std::path::Path, tunes: &[&str]) -> Result<(), CliError> {
    let text: Vec<String> = tunes.iter().map(|tune| format!("{}\n", tune.trim_end())).collect();
    fs::write(path, text.join("\n")).map_err(CliError::file("write", path))
}
