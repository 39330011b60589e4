//! The rooms that are fuzzed. Without those that need candle the target is built in a minute or two, and nothing
//! of candle counts as covered or not.

#[path = "../../src/abc/mod.rs"]
pub mod abc;
#[path = "../../src/export"]
pub mod export {
    pub mod midi;
}
#[path = "../../src/music/mod.rs"]
pub mod music;
#[path = "../../src/perform/mod.rs"]
pub mod perform;
