//! What leaves the house in another form than ABC.
//!
//! In: what other rooms made, such as a [`crate::perform::Performance`]. Out: bytes of a file. It never
//! opens one.

pub mod midi;
