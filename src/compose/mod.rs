//! From a request to tunes: the prompt is read once, the network writes on from it character by
//! character, and what comes out is a tune that ends at a bar line.
//!
//! In: a [`Request`] and a [`crate::model::Network`]. Out: a [`Composition`]. [`Worker`] does the
//! same off the caller's thread, [`compose_many`] on several. [`Wishes`] are a request in a musician's
//! terms. The network's text and a tune's are two things with one door between them:
//! [`Composition::abc`] goes out, [`ModelText`] comes in. It never opens a file and never
//! replaces what went wrong by something else: a failure is a [`ComposeError`].

mod bars;
pub mod beside;
pub mod census;
pub mod composition;
pub mod demo;
pub mod directives;
mod draft;
pub mod facts;
pub mod form;
pub mod fresh_bars;
pub mod guided;
pub mod habits;
pub mod instrument;
pub mod many;
pub mod model_text;
pub mod ornament;
mod pen;
pub mod plan;
pub mod profile;
pub mod rank;
pub mod request;
pub mod returning;
pub mod sampler;
pub mod start;
#[cfg(test)]
mod testing;
pub mod wish_words;
pub mod wishes;
pub mod worker;
pub mod writer;

pub use beside::Beside;
pub use composition::{Composition, Ending, Provenance, now};
pub use facts::Facts;
pub use fresh_bars::{FreshBars, FreshBarsError};
pub use guided::Strain;
pub use instrument::Instrument;
pub use many::{compose_each, compose_many, thread_pool};
pub use model_text::{ModelText, ModelTextError};
pub use plan::Plan;
pub use profile::Profile;
pub use rank::{Judged, Ranked, Reason, rank};
pub use request::{Request, RequestError};
pub use sampler::{Sampler, SamplerError};
pub use start::{Prompt, Start};
pub use wishes::{Aim, Ornaments, WishError, Wishes};
pub use worker::{Event, Worker};
pub use writer::{ComposeError, compose};
