//! A picture of one or several trainings: loss over epochs and, below it, learning rate.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::ranged1d::Ranged;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::record::{Part, Record, ReportError};

/// Sizes of the picture and its parts. Plotters rounds to whole pixels even in a vector
/// picture, so there are enough of them for it not to show at the size of a printed page.
const WIDTH: u32 = 1600;
const LEGEND_ROW_HEIGHT: u32 = 54;
const LOSS_HEIGHT: u32 = 800;
const RATE_HEIGHT: u32 = 370;
const TEXT_SIZE: u32 = 40;

const BOTTLE_GREEN: RGBColor = RGBColor(0x2B, 0x5B, 0x4B);
const ROSIN_ORANGE: RGBColor = RGBColor(0xC2, 0x57, 0x1A);
const BLUE: RGBColor = RGBColor(0x2A, 0x66, 0xA6);
const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);

/// A training curve of more points than this is smoothed.
const MOST_UNSMOOTHED: usize = 100;
/// A curve of more points than this is drawn by some of them.
const MOST_DRAWN: usize = 400;
/// A validation curve of more points than this has no markers.
const MOST_MARKED: usize = 40;
/// Length of a dash, in pixels.
const DASH: u32 = 16;
/// Radius of a marker, in pixels.
const MARKER: i32 = 9;

type Point = (f64, f64);
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Failure = DrawingAreaErrorKind<std::io::Error>;

/// Draws the named trainings into one SVG picture (its text), each from its records in the
/// order they were written: the training loss (a moving average if there are many points),
/// the validation loss with a marker for each validation, and the learning rate in a panel
/// of its own. Losses are in nats a character.
///
/// One training has a colour for each curve; several have a colour for each training, and
/// from the fourth on the colours come back with dashed lines. Losses that are no finite
/// number are left out, and the steep fall at the start of a training may leave the top of
/// the picture, so that what comes after can be read.
///
/// # Errors
/// [`ReportError::NoSeries`] for no training, [`ReportError::EmptySeries`] for one with no
/// finite loss, [`ReportError::Drawing`] if the drawing library refuses.
pub fn draw_curves(series: &[(&str, &[Record])]) -> Result<String, ReportError> {
    if series.is_empty() {
        return Err(ReportError::NoSeries);
    }
    let alone = series.len() == 1;
    let runs: Vec<Run> = series
        .iter()
        .enumerate()
        .map(|(index, (name, records))| run(index, name, records, alone))
        .collect::<Result<_, _>>()?;
    let mut svg = String::new();
    draw(&mut svg, &runs).map_err(|error| ReportError::Drawing { reason: error.to_string() })?;
    Ok(svg)
}

/// A line to be drawn.
struct Curve {
    points: Vec<Point>,
    style: ShapeStyle,
    /// Pixels between its dashes; 0 is a whole line.
    gap: u32,
    /// Whether each point has a marker.
    marked: bool,
}

/// One training: its name in the legend (none if it stands alone) and its curves, of which
/// those it has no records for have no points.
struct Run<'a> {
    name: &'a str,
    smoothed: bool,
    training: Curve,
    validation: Curve,
    rate: Curve,
}

fn run<'a>(index: usize, name: &'a str, records: &[Record], alone: bool) -> Result<Run<'a>, ReportError> {
    let losses = |part| points(records.iter().filter(|record| record.part == part), |record| record.loss);
    let (training, validation) = (losses(Part::Train), losses(Part::Validation));
    if training.is_empty() && validation.is_empty() {
        return Err(ReportError::EmptySeries { name: name.to_owned() });
    }
    let colour = [BOTTLE_GREEN, ROSIN_ORANGE, BLUE][index % 3];
    let gap = 10 * (index / 3) as u32;
    // A single point makes no line: without a marker it would not be seen.
    let curve = |points: &[Point], style, most_marked| Curve {
        points: thinned(points),
        style,
        gap,
        marked: points.len() <= most_marked,
    };
    let smoothed = training.len() > MOST_UNSMOOTHED;
    let training = if smoothed { moving_average(&training) } else { training };
    let training_colour = if alone { ROSIN_ORANGE.to_rgba() } else { colour.mix(0.5) };
    let rate_colour = if alone { BLUE } else { colour };
    let rate = points(records.iter(), |record| record.learning_rate);
    Ok(Run {
        name: if alone { "" } else { name },
        smoothed,
        training: curve(&training, training_colour.stroke_width(3), 1),
        validation: curve(&validation, colour.stroke_width(5), MOST_MARKED),
        rate: curve(&rate, rate_colour.stroke_width(4), 1),
    })
}

fn draw(svg: &mut String, runs: &[Run]) -> Result<(), Failure> {
    // The validations last, so that no training hides them.
    let losses: Vec<&Curve> =
        runs.iter().map(|run| &run.training).chain(runs.iter().map(|run| &run.validation)).collect();
    let rates: Vec<&Curve> = runs.iter().map(|run| &run.rate).collect();
    let all_points = losses.iter().chain(&rates).flat_map(|curve| &curve.points);
    let last_epoch = all_points.map(|point| point.0).fold(0.0, f64::max);
    // Plotters cannot draw an axis without length.
    let epochs = 0.0..if last_epoch > 0.0 { last_epoch } else { 1.0 };

    let legend_height = LEGEND_ROW_HEIGHT * runs.len() as u32 + 20;
    let root =
        SVGBackend::with_string(svg, (WIDTH, legend_height + LOSS_HEIGHT + RATE_HEIGHT)).into_drawing_area();
    root.fill(&WHITE)?;
    let (legend, panels) = root.split_vertically(legend_height);
    let (upper, lower) = panels.split_vertically(LOSS_HEIGHT);
    draw_legend(&legend, runs)?;
    draw_panel(&upper, "loss (nats a character)", "", epochs.clone(), loss_range(&losses), 8, &losses)?;
    draw_panel(&lower, "learning rate", "epoch", epochs, rate_range(&rates), 3, &rates)?;
    root.present()
}

/// One row for each training above the panels, where no curve can run through it: name,
/// training line, validation line. The columns are fixed because an SVG's writer does not
/// know how wide a text will be.
fn draw_legend(area: &Area, runs: &[Run]) -> Result<(), Failure> {
    let text = text_style().pos(Pos::new(HPos::Left, VPos::Center));
    for (y, run) in (40..).step_by(LEGEND_ROW_HEIGHT as usize).zip(runs) {
        area.draw_text(run.name, &text, (240, y))?;
        let training = if run.smoothed { "training (smoothed)" } else { "training" };
        for (x, curve, name) in [(820, &run.training, training), (1290, &run.validation, "validation")] {
            if curve.points.is_empty() {
                continue;
            }
            let ends = [(x, y), (x + 80, y)];
            if curve.gap == 0 {
                area.draw(&PathElement::new(ends, curve.style))?;
            } else {
                area.draw(&DashedPathElement::new(ends, DASH, curve.gap, curve.style))?;
            }
            if curve.marked {
                area.draw(&Circle::new((x + 40, y), MARKER, curve.style.filled()))?;
            }
            area.draw_text(name, &text, (x + 100, y))?;
        }
    }
    Ok(())
}

/// One panel: axes, labels, grid and curves.
fn draw_panel(
    area: &Area,
    y_title: &str,
    x_title: &str,
    epochs: Range<f64>,
    range: Range<f64>,
    y_labels: usize,
    curves: &[&Curve],
) -> Result<(), Failure> {
    let x_labels = 11;
    let x_decimals = decimals(&epochs, x_labels);
    let y_decimals = decimals(&range, y_labels);
    let top = range.end;
    let mut chart = ChartBuilder::on(area)
        .margin(20)
        .margin_right(40)
        .set_label_area_size(LabelAreaPosition::Left, 220)
        .set_label_area_size(LabelAreaPosition::Bottom, if x_title.is_empty() { 60 } else { 110 })
        .build_cartesian_2d(epochs, range)?;
    chart
        .configure_mesh()
        .x_labels(x_labels)
        .y_labels(y_labels)
        .x_label_formatter(&|value| format!("{value:.x_decimals$}"))
        .y_label_formatter(&|value| format!("{value:.y_decimals$}"))
        .x_desc(x_title)
        .y_desc(y_title)
        .label_style(text_style())
        .axis_desc_style(text_style())
        .axis_style(INK.stroke_width(2))
        .set_all_tick_mark_size(8)
        .bold_line_style(INK.mix(0.15).stroke_width(2))
        .light_line_style(TRANSPARENT)
        .draw()?;
    for curve in curves {
        for piece in below(&curve.points, top) {
            if curve.gap == 0 {
                chart.draw_series(LineSeries::new(piece, curve.style))?;
            } else {
                chart.draw_series(DashedLineSeries::new(piece, DASH, curve.gap, curve.style))?;
            }
        }
        if curve.marked {
            let shown = curve.points.iter().filter(|point| point.1 <= top);
            chart.draw_series(shown.map(|&point| Circle::new(point, MARKER, curve.style.filled())))?;
        }
    }
    Ok(())
}

fn text_style() -> TextStyle<'static> {
    ("sans-serif", TEXT_SIZE).into_font().color(&INK)
}

/// The records' epochs with one figure of theirs, where both are finite.
fn points<'a>(records: impl Iterator<Item = &'a Record>, figure: impl Fn(&Record) -> f64) -> Vec<Point> {
    records
        .map(|record| (record.epoch, figure(record)))
        .filter(|point| point.0.is_finite() && point.1.is_finite())
        .collect()
}

/// Each point's height averaged with its neighbours', in a window of about a fortieth of
/// the curve. At the start, where a training's loss falls steeply, the window is narrow,
/// so as not to flatten the fall; at the end it is one-sided.
fn moving_average(points: &[Point]) -> Vec<Point> {
    let half = (points.len() / 80).max(3);
    let averaged = (0..points.len()).map(|index| {
        let half = half.min(index);
        let window = &points[index - half..points.len().min(index + half + 1)];
        // Divided first: a sum of huge losses could overflow.
        let mean = window.iter().map(|point| point.1 / window.len() as f64).sum();
        (points[index].0, mean)
    });
    averaged.collect()
}

/// At most about [`MOST_DRAWN`] of the points, the first and last among them.
fn thinned(points: &[Point]) -> Vec<Point> {
    let Some((last, rest)) = points.split_last() else { return Vec::new() };
    rest.iter().step_by(points.len().div_ceil(MOST_DRAWN)).chain([last]).copied().collect()
}

/// The part of the curve below `top`, in as many pieces as it falls into. (Plotters would
/// draw what is above along the panel's upper edge.)
fn below(points: &[Point], top: f64) -> Vec<Vec<Point>> {
    let mut pieces = Vec::new();
    let mut piece = Vec::new();
    let mut previous: Option<Point> = None;
    for &(x, y) in points {
        if let Some((px, py)) = previous
            && (py <= top) != (y <= top)
        {
            piece.push((px + (x - px) * ((top - py) / (y - py)), top));
        }
        if y <= top {
            piece.push((x, y));
        } else if !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
        }
        previous = Some((x, y));
    }
    pieces.push(piece);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The losses to show: all of each curve, except that its highest tenth may leave the top
/// of the picture if it is far above the rest.
fn loss_range(curves: &[&Curve]) -> Range<f64> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for curve in curves {
        let mut losses: Vec<f64> = curve.points.iter().map(|point| point.1).collect();
        losses.sort_by(f64::total_cmp);
        if let (Some(&least), Some(&most)) = (losses.first(), losses.last()) {
            let usual = losses[(losses.len() - 1) * 9 / 10];
            low = low.min(least);
            high = high.max(most.min(least + 3.0 * (usual - least)));
        }
    }
    padded(low, high)
}

fn rate_range(curves: &[&Curve]) -> Range<f64> {
    let highest = curves.iter().flat_map(|curve| &curve.points).map(|point| point.1).fold(0.0, f64::max);
    0.0..if highest > 0.0 { 1.1 * highest } else { 1.0 }
}

/// The range with some room around it, and never without height.
fn padded(low: f64, high: f64) -> Range<f64> {
    let room = (0.05 * (high - low)).max(0.01 * low.abs()).max(1e-6);
    low - room..high + room
}

/// How many decimals plotters' labels for the range need, so that all of them have as many.
fn decimals(range: &Range<f64>, labels: usize) -> usize {
    match RangedCoordf64::from(range.clone()).key_points(labels).as_slice() {
        // A step of 0.05 needs two: its logarithm is between -2 and -1.
        [first, second, ..] => (-(second - first).log10() - 1e-9).ceil().clamp(0.0, 9.0) as usize,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(part: Part, step: u64, epoch: f64, loss: f64) -> Record {
        let learning_rate = 1e-3;
        Record {
            part,
            step,
            epoch,
            characters: 0,
            seconds: 0.0,
            learning_rate,
            loss,
            top1: 0.0,
            top5: 0.0,
            body_loss: None,
            gradient_norm: None,
        }
    }

    /// A training that looks like one: a steep fall, noise, a validation after each epoch.
    fn training(epochs: u64, steps_an_epoch: u64, floor: f64) -> Vec<Record> {
        let mut records = Vec::new();
        let mut state = 1_u64;
        let steps = epochs * steps_an_epoch;
        for step in 1..=steps {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let noise = (state >> 40) as f64 / (1 << 24) as f64 - 0.5;
            let epoch = step as f64 / steps_an_epoch as f64;
            let loss = floor + 0.25 * (-epoch).exp() + 3.2 * (-25.0 * epoch).exp();
            let progress = step as f64 / steps as f64;
            let learning_rate =
                4e-3 * (20.0 * progress).min(0.5 + 0.5 * (progress * std::f64::consts::PI).cos());
            records.push(Record { learning_rate, ..record(Part::Train, step, epoch, loss + 0.15 * noise) });
            if step % steps_an_epoch == 0 {
                records.push(Record {
                    learning_rate,
                    ..record(Part::Validation, step, epoch, loss + 0.02 * epoch)
                });
            }
        }
        records
    }

    #[test]
    fn one_training_names_its_curves_and_axes() {
        let svg = draw_curves(&[("best", &training(5, 100, 0.95))]).unwrap();
        for text in ["training (smoothed)", "validation", "epoch", "loss (nats a character)", "learning rate"]
        {
            assert!(svg.contains(&format!("\n{text}\n")), "{text} is missing");
        }
        for colour in ["#2B5B4B", "#C2571A", "#2A66A6"] {
            assert!(svg.contains(colour), "{colour} is missing");
        }
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }

    #[test]
    fn several_trainings_are_told_apart_by_name() {
        let (best, baseline) = (training(3, 20, 0.95), training(4, 20, 1.1));
        let names = ["best", "baseline <&>", "third", "fourth"];
        let series: Vec<(&str, &[Record])> =
            names.into_iter().zip([&best, &baseline, &best, &baseline].map(Vec::as_slice)).collect();
        let svg = draw_curves(&series).unwrap();
        for name in ["best", "baseline &lt;&amp;&gt;", "third", "fourth"] {
            assert!(svg.contains(&format!("\n{name}\n")), "{name}");
        }
    }

    #[test]
    fn nothing_to_draw_is_an_error() {
        assert!(matches!(draw_curves(&[]), Err(ReportError::NoSeries)));
        let nan = [record(Part::Train, 1, 0.1, f64::NAN)];
        let good = training(1, 5, 1.0);
        for empty in [&[][..], &nan] {
            match draw_curves(&[("good", &good), ("empty", empty)]) {
                Err(ReportError::EmptySeries { name }) => assert_eq!(name, "empty"),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn odd_figures_are_drawn_without_panic() {
        let train = |epoch, loss| record(Part::Train, 1, epoch, loss);
        let odd: [Vec<Record>; 8] = [
            vec![train(0.0, 1.0)],
            vec![train(2.0, 1.0)],
            vec![train(0.5, 1.0), train(1.0, 1.0)],
            vec![train(0.5, 0.0), train(1.0, 0.0)],
            vec![train(0.5, 1.0), train(1.0, f64::NAN), train(1.5, f64::INFINITY), train(2.0, 0.9)],
            vec![train(0.5, 1.0), train(1.0, 3e38), train(1.5, 3e38)],
            vec![train(f64::NAN, 1.0), train(1.0, 1.0 + f64::EPSILON), train(2.0, 1.0)],
            vec![
                Record { learning_rate: f64::NAN, ..train(1.0, 1.0) },
                Record { learning_rate: 0.0, ..train(2.0, 1.0) },
            ],
        ];
        for records in odd {
            let svg = draw_curves(&[("odd", &records)]).unwrap();
            assert!(svg.ends_with("</svg>\n") && !svg.contains("NaN"), "{records:?}");
        }
    }

    #[test]
    fn a_long_training_makes_no_longer_a_picture() {
        let short = draw_curves(&[("short", &training(5, 80, 0.95))]).unwrap().len();
        let long = draw_curves(&[("long", &training(5, 20_000, 0.95))]).unwrap().len();
        assert!(long < 2 * short, "{long} bytes against {short}");
    }

    #[test]
    fn the_average_is_smoother_and_keeps_the_start() {
        let noisy: Vec<Point> = (0..1000).map(|x| (f64::from(x), f64::from(x % 2))).collect();
        let smooth = moving_average(&noisy);
        assert_eq!(smooth[0], noisy[0]);
        assert!(smooth[10..].iter().all(|point| (point.1 - 0.5).abs() < 0.05));
    }

    #[test]
    fn thinning_keeps_the_ends() {
        let points: Vec<Point> = (0..12_345).map(|x| (f64::from(x), 0.0)).collect();
        let thin = thinned(&points);
        assert!(thin.len() <= MOST_DRAWN + 1);
        assert_eq!((thin.first(), thin.last()), (points.first(), points.last()));
        assert_eq!(thinned(&points[..7]), points[..7]);
        assert_eq!(thinned(&[]), []);
    }

    #[test]
    fn a_curve_is_cut_where_it_leaves_the_picture() {
        let points = [(0.0, 3.0), (1.0, 1.0), (2.0, 2.0), (3.0, 4.0), (4.0, 1.0)];
        let pieces = below(&points, 2.0);
        assert_eq!(
            pieces,
            [vec![(0.5, 2.0), (1.0, 1.0), (2.0, 2.0), (2.0, 2.0)], vec![(3.0 + 2.0 / 3.0, 2.0), (4.0, 1.0)]]
        );
        assert_eq!(below(&points, 0.5), Vec::<Vec<Point>>::new());
        assert_eq!(below(&points, 5.0), [points.to_vec()]);
    }

    #[test]
    fn the_first_fall_does_not_squash_the_rest() {
        let curve = Curve {
            points: points(training(10, 40, 0.95).iter(), |record| record.loss),
            style: BLUE.into(),
            gap: 0,
            marked: false,
        };
        let range = loss_range(&[&curve]);
        assert!(range.start > 0.8 && range.start < 0.95, "{range:?}");
        assert!(range.end > 1.1 && range.end < 2.0, "{range:?}");
    }

    #[test]
    fn labels_have_the_decimals_their_steps_need() {
        for (range, labels, expected) in
            [(0.0..10.0, 11, 0), (0.0..5.0, 11, 1), (0.9..1.5, 8, 1), (0.0..0.0044, 3, 3)]
        {
            assert_eq!(decimals(&range, labels), expected, "{range:?}");
        }
    }
}
