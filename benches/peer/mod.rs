//! Another program at the same tunes.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The microseconds a tune that a program takes for a tunebook, or `null` as JSON has it if it is not
/// installed. BOOK among the arguments is the tunebook; the program's files go to a folder that is removed.
pub fn micros(program: &str, arguments: &[&str], texts: &[String]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let numbered = (1..).zip(texts).map(|(number, text)| {
        let body = text.split_once('\n').map_or("", |(_, body)| body);
        format!("X:{number}\n{body}\n")
    });
    let book = folder.path().join("book.abc");
    fs::write(&book, numbered.collect::<String>()).expect("a written tunebook");
    let arguments =
        arguments.iter().map(|&word| if word == "BOOK" { book.as_os_str() } else { word.as_ref() });
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&folder).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let ran = command.status().is_ok();
    let each = started.elapsed().as_secs_f64() * 1e6 / texts.len() as f64;
    if ran { format!("{each:.1}") } else { "null".to_owned() }
}
