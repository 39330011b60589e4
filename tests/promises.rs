//! One binary for all integration tests; a file is a promise of the program.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test's panic is its message")]

mod abc;
mod abcm2ps;
#[cfg(feature = "audio")]
mod capture;
mod check;
mod composing;
mod convert;
mod corpus;
#[cfg(feature = "gui")]
mod editor;
mod engraving;
mod failing;
#[cfg(feature = "gui")]
mod fresh_bars;
mod gallery;
mod generate;
mod gradients;
mod grammar;
#[cfg(feature = "gui")]
mod history;
mod instruments;
mod killed;
mod library;
mod listening;
mod noise;
mod pages;
mod paper;
mod performance;
mod rewriting;
mod sound;
mod sound_files;
#[cfg(feature = "gui")]
mod stand;
mod training;
#[cfg(feature = "audio")]
mod transport;
#[cfg(feature = "gui")]
mod transport_panel;
mod twins;
#[cfg(feature = "gui")]
mod window;
#[cfg(feature = "gui")]
mod wishes;

/// Says, where a test asks, whether memory is allocated or freed.
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;
