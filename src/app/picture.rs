//! The sheet as a picture for the clipboard, drawn on a thread.

use std::sync::mpsc::{Receiver, TryRecvError, channel};

use eframe::egui::{ColorImage, Context};

use super::file_kind::PNG_SCALE;
use super::page::Page;
use crate::engrave::{self, engrave};
use crate::export::colours::Colours;
use crate::export::png;

/// Draws one at a time.
#[derive(Debug, Default)]
pub(super) struct Picture(Option<Receiver<Result<ColorImage, String>>>);

impl Picture {
    /// Begins to draw a page's tune, unless one is being drawn.
    pub(super) fn begin(&mut self, page: &Page, ctx: &Context) {
        if self.0.is_some() {
            return;
        }
        let (sender, receiver) = channel();
        let (page, wake) = (page.clone(), ctx.clone());
        let thread = std::thread::Builder::new().name("picture".to_owned()).spawn(move || {
            // A window that is gone needs no picture.
            let _ = sender.send(draw(&page));
            wake.request_repaint();
        });
        match thread {
            Ok(_) => self.0 = Some(receiver),
            Err(error) => log::warn!("no picture: no thread could be started: {error}"),
        }
    }

    /// The picture, once it is there, or why there can be none.
    pub(super) fn poll(&mut self) -> Option<Result<ColorImage, String>> {
        let drawn = match self.0.as_ref()?.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(drawn) => drawn,
            Err(TryRecvError::Disconnected) => Err("the drawing broke off".to_owned()),
        };
        self.0 = None;
        Some(drawn)
    }
}

fn draw(page: &Page) -> Result<ColorImage, String> {
    let reading = page.reading_now();
    let tune = reading.tune().ok_or("there is no tune in the text yet")?;
    let sheet = engrave(tune, &engrave::Options::default());
    let picture = png::picture(&sheet, PNG_SCALE, &Colours::default()).map_err(|error| error.to_string())?;
    let (width, height) = picture.size;
    Ok(ColorImage::from_rgba_unmultiplied([width as usize, height as usize], &picture.bytes))
}
