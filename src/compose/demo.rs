//! The Flask demo's JSON interface: one object in, one object out, with the demo's fields and limits.
//!
//! In its objects, and only there, `seed` is the prompt, and `random_seed` what we call the seed.

use serde::Serialize;
use serde_json::Value;

use super::composition::Composition;
use super::request::{Request, RequestError};
use crate::model::Vocabulary;

const MOST_PROMPT_CHARACTERS: usize = 50;
const DEFAULT_PROMPT: &str = "X:1\nM:4/4\nL:1/8";
const DEFAULT_TEMPERATURE: f64 = 0.8;
const DEFAULT_LENGTH: f64 = 200.0;
const FIELDS: [&str; 4] = ["seed", "temperature", "length", "random_seed"];

/// One thing that is wrong with the JSON of a request.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DemoError {
    /// Not JSON.
    #[error("this is not JSON: {0}")]
    NotJson(String),
    /// JSON, but no object.
    #[error("a JSON object is expected, not {0}")]
    NotAnObject(&'static str),
    /// A field the interface does not have.
    #[error("there is no field {0:?}; the fields are seed, temperature, length and random_seed")]
    UnknownField(String),
    /// A field of another type.
    #[error("{field} must be {expected}, not {found}")]
    Type {
        /// The field.
        field: &'static str,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// A number out of range.
    #[error("{field} must be from {least} to {most}, not {found}")]
    Range {
        /// The field.
        field: &'static str,
        /// The least value.
        least: f64,
        /// The greatest value.
        most: f64,
        /// The value it has.
        found: f64,
    },
    /// A prompt too long.
    #[error("seed must have at most {MOST_PROMPT_CHARACTERS} characters, not {0}")]
    PromptLength(usize),
    /// A prompt the network cannot start from.
    #[error("seed: {0}")]
    Prompt(RequestError),
}

/// The demo's answer to a request it could carry out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Success {
    /// The tune as ABC.
    pub notation: String,
    /// The same again, as the demo has it.
    pub abc_notation: String,
    status: &'static str,
    /// When, as in ISO 8601.
    pub timestamp: String,
    /// What it was written with.
    pub parameters: Parameters,
}

/// What a tune was written with, in the demo's words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameters {
    /// The prompt.
    pub seed: String,
    /// The temperature, rounded to 0.1.
    pub temperature: f32,
    /// The length, rounded to tens.
    pub length: usize,
    /// The random seed.
    pub random_seed: u64,
    /// The checkpoint's name.
    pub model: String,
    /// The device.
    pub device: String,
    /// What computed the network there.
    pub kernel: String,
}

/// The demo's answer to a request it could not carry out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Failure {
    status: &'static str,
    /// Everything that is wrong, a sentence each.
    pub errors: Vec<String>,
    /// When, as in ISO 8601.
    pub timestamp: String,
}

impl Success {
    /// The answer for a tune.
    pub fn new(composition: &Composition) -> Self {
        let abc = composition.abc(1, &composition.working_title(1));
        let from = &composition.provenance;
        Self {
            notation: abc.clone(),
            abc_notation: abc,
            status: "success",
            timestamp: from.time.clone(),
            parameters: Parameters {
                seed: from.request.prompt.clone(),
                temperature: from.request.temperature,
                length: from.request.length,
                random_seed: from.request.seed,
                model: from.model.clone(),
                device: from.device.clone(),
                kernel: from.kernel.clone(),
            },
        }
    }
}

impl Failure {
    /// The answer for errors, at `timestamp`.
    pub fn new(errors: impl IntoIterator<Item = impl ToString>, timestamp: String) -> Self {
        let errors = errors.into_iter().map(|e| e.to_string()).collect();
        Self { status: "error", errors, timestamp }
    }
}

/// Reads a request of the demo: `seed` (the prompt, up to 50 characters), `temperature` (0.1 to 2.0,
/// rounded to 0.1), `length` (50 to 500, rounded to tens) and `random_seed` (a whole number below
/// 2⁶⁴; `random_seed` if it is missing). All are optional.
///
/// # Errors
/// Everything that is wrong with it, not only the first.
pub fn read_request(
    json: &str,
    vocabulary: &Vocabulary,
    random_seed: u64,
) -> Result<Request, Vec<DemoError>> {
    let value: Value = serde_json::from_str(json).map_err(|e| vec![DemoError::NotJson(e.to_string())])?;
    let Value::Object(object) = value else { return Err(vec![DemoError::NotAnObject(kind(&value))]) };

    let mut errors: Vec<DemoError> = object
        .keys()
        .filter(|key| !FIELDS.contains(&key.as_str()))
        .map(|key| DemoError::UnknownField(key.clone()))
        .collect();
    let prompt = read_prompt(object.get("seed")).unwrap_or_else(|e| {
        errors.push(e);
        String::new()
    });
    let mut number = |field, default, least, most| {
        read_number(field, object.get(field), default, least, most).unwrap_or_else(|e| {
            errors.push(e);
            default
        })
    };
    let temperature = number("temperature", DEFAULT_TEMPERATURE, 0.1, 2.0);
    let length = number("length", DEFAULT_LENGTH, 50.0, 500.0);
    let seed = match object.get("random_seed").map(|v| v.as_u64().ok_or(v)) {
        None => random_seed,
        Some(Ok(seed)) => seed,
        Some(Err(value)) => {
            errors.push(wrong_type("random_seed", "a whole number from 0 to 18446744073709551615", value));
            random_seed
        }
    };

    let request = Request {
        prompt,
        temperature: ((temperature * 10.0).round() / 10.0) as f32,
        length: (length / 10.0).round() as usize * 10,
        seed,
        ..Request::default()
    };
    // The numbers are in range by now, so that only the prompt can still be refused.
    if let Err(error) = request.validate(vocabulary) {
        errors.push(DemoError::Prompt(error));
    }
    if errors.is_empty() { Ok(request) } else { Err(errors) }
}

fn read_prompt(value: Option<&Value>) -> Result<String, DemoError> {
    match value {
        None => Ok(DEFAULT_PROMPT.to_owned()),
        Some(Value::String(prompt)) => match prompt.chars().count() {
            0..=MOST_PROMPT_CHARACTERS => Ok(prompt.clone()),
            count => Err(DemoError::PromptLength(count)),
        },
        Some(value) => Err(wrong_type("seed", "a text", value)),
    }
}

fn read_number(
    field: &'static str,
    value: Option<&Value>,
    default: f64,
    least: f64,
    most: f64,
) -> Result<f64, DemoError> {
    let Some(value) = value else { return Ok(default) };
    match value.as_f64() {
        Some(number) if (least..=most).contains(&number) => Ok(number),
        Some(found) => Err(DemoError::Range { field, least, most, found }),
        None => Err(wrong_type(field, "a number", value)),
    }
}

fn wrong_type(field: &'static str, expected: &'static str, value: &Value) -> DemoError {
    let found = if value.is_number() { value.to_string() } else { kind(value).to_owned() };
    DemoError::Type { field, expected, found }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Request, Vec<String>> {
        read_request(json, &Vocabulary::reference(), 5)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn an_empty_object_asks_for_the_demo_s_defaults() {
        let request = read("{}").unwrap();
        assert_eq!(request.prompt, "X:1\nM:4/4\nL:1/8");
        assert_eq!((request.temperature, request.length, request.seed), (0.8, 200, 5));
    }

    #[test]
    fn values_are_rounded_as_the_demo_does() {
        let request =
            read(r#"{"temperature":1.26,"length":154,"seed":"M:6/8\n","random_seed":18446744073709551615}"#);
        let request = request.unwrap();
        assert_eq!((request.temperature, request.length, request.seed), (1.3, 150, u64::MAX));
        assert_eq!(request.prompt, "M:6/8\n");
        assert_eq!(read(r#"{"length":500,"temperature":2}"#).unwrap().length, 500);
    }

    #[test]
    fn every_error_is_listed() {
        let json = r#"{"temperature":2.1,"length":"long","seed":"X:1\nK:é","random_seed":-1,"top":3}"#;
        let errors = read(json).unwrap_err();
        for part in [
            "temperature must be from 0.1 to 2, not 2.1",
            "length must be a number, not a text",
            "'é' at line 2, column 3",
            "random_seed must be a whole number from 0 to 18446744073709551615, not -1",
            "no field \"top\"",
        ] {
            assert!(errors.iter().any(|e| e.contains(part)), "{part} in {errors:?}");
        }
        assert_eq!(errors.len(), 5);
    }

    #[test]
    fn what_is_no_request_is_refused() {
        assert!(read("{").unwrap_err()[0].contains("not JSON"));
        assert_eq!(read("[1]").unwrap_err(), ["a JSON object is expected, not a list"]);
        assert_eq!(read(r#"{"seed":7}"#).unwrap_err(), ["seed must be a text, not 7"]);
        assert_eq!(read(r#"{"length":null}"#).unwrap_err(), ["length must be a number, not null"]);
        assert_eq!(read(r#"{"length":49}"#).unwrap_err(), ["length must be from 50 to 500, not 49"]);
        let long = format!(r#"{{"seed":"X:{}"}}"#, "1".repeat(50));
        assert_eq!(read(&long).unwrap_err(), ["seed must have at most 50 characters, not 52"]);
        assert!(read(r#"{"seed":"DEF"}"#).unwrap_err()[0].contains("is no header field"));
    }

    #[test]
    fn a_failure_is_the_demo_s_object() {
        let json = serde_json::to_value(Failure::new(["a", "b"], "2026".into())).unwrap();
        assert_eq!(json, serde_json::json!({"status": "error", "errors": ["a", "b"], "timestamp": "2026"}));
    }
}
