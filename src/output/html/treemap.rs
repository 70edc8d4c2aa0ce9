//! A squarified treemap (Bruls, Huizing, van Wijk, 2000): areas in proportion, as near to squares as they go.

/// A rectangle of the picture, in its own units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    /// From the left.
    pub(super) x: f64,
    /// From the top.
    pub(super) y: f64,
    /// Its width.
    pub(super) width: f64,
    /// Its height.
    pub(super) height: f64,
}

impl Rect {
    fn shorter(self) -> f64 {
        self.width.min(self.height)
    }

    /// Cuts a strip of an area off along the shorter side: the strip and what is left.
    fn cut(self, area: f64) -> (Self, Self) {
        if self.width >= self.height {
            let width = if self.height > 0.0 { (area / self.height).min(self.width) } else { 0.0 };
            (Self { width, ..self }, Self { x: self.x + width, width: self.width - width, ..self })
        } else {
            let height = if self.width > 0.0 { (area / self.width).min(self.height) } else { 0.0 };
            (Self { height, ..self }, Self { y: self.y + height, height: self.height - height, ..self })
        }
    }
}

/// A rectangle for each value, in their order. Values have to be sorted, largest first; what is not above zero gets none.
pub(super) fn layout(values: &[f64], frame: Rect) -> Vec<Rect> {
    let total: f64 = values.iter().filter(|value| **value > 0.0).sum();
    if total <= 0.0 {
        return vec![Rect { width: 0.0, height: 0.0, ..frame }; values.len()];
    }
    let scale = frame.width * frame.height / total;
    let areas: Vec<f64> = values.iter().map(|value| value.max(0.0) * scale).collect();
    let mut rects = Vec::with_capacity(areas.len());
    let mut left = frame;
    let mut rest = areas.as_slice();
    while !rest.is_empty() {
        let (row, others) = rest.split_at(row_length(rest, left.shorter()));
        let (strip, remaining) = left.cut(row.iter().sum());
        lay_out_row(row, strip, left.width >= left.height, &mut rects);
        left = remaining;
        rest = others;
    }
    rects
}

/// How many values go into the next row: as long as that makes the worst of them squarer.
fn row_length(areas: &[f64], side: f64) -> usize {
    let mut best = f64::INFINITY;
    let (mut sum, mut largest, mut smallest) = (0.0, 0.0_f64, f64::INFINITY);
    for (at, area) in areas.iter().enumerate() {
        sum += area;
        largest = largest.max(*area);
        smallest = smallest.min(*area);
        let worst = worst_ratio(sum, largest, smallest, side);
        if worst > best {
            return at.max(1);
        }
        best = worst;
    }
    areas.len()
}

fn worst_ratio(sum: f64, largest: f64, smallest: f64, side: f64) -> f64 {
    if sum <= 0.0 || smallest <= 0.0 || side <= 0.0 {
        return f64::INFINITY;
    }
    (side * side * largest / (sum * sum)).max(sum * sum / (side * side * smallest))
}

fn lay_out_row(row: &[f64], strip: Rect, downwards: bool, rects: &mut Vec<Rect>) {
    let sum: f64 = row.iter().sum();
    let mut at = 0.0;
    for area in row {
        let share = if sum > 0.0 { area / sum } else { 0.0 };
        rects.push(if downwards {
            Rect { y: strip.y + at * strip.height, height: share * strip.height, ..strip }
        } else {
            Rect { x: strip.x + at * strip.width, width: share * strip.width, ..strip }
        });
        at += share;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Rect = Rect { x: 0.0, y: 0.0, width: 600.0, height: 400.0 };

    #[test]
    fn areas_are_in_proportion_and_fill_the_frame() {
        let values = [6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0];
        let rects = layout(&values, FRAME);
        let total: f64 = rects.iter().map(|one| one.width * one.height).sum();
        assert!((total - 240_000.0).abs() < 0.1, "{total}");
        for (value, rect) in values.iter().zip(&rects) {
            assert!((rect.width * rect.height - value * 10_000.0).abs() < 0.1, "{rect:?}");
            let ratio = (rect.width / rect.height).max(rect.height / rect.width);
            assert!(ratio < 3.0, "{rect:?} is a splinter");
        }
    }

    #[test]
    fn no_two_overlap_and_none_leaves_the_frame() {
        let values: Vec<f64> = (1..60).rev().map(f64::from).collect();
        let rects = layout(&values, FRAME);
        for (at, one) in rects.iter().enumerate() {
            assert!(one.x >= -0.01 && one.x + one.width <= 600.01 && one.y + one.height <= 400.01, "{one:?}");
            for two in &rects[at + 1..] {
                let apart = one.x + one.width <= two.x + 0.01
                    || two.x + two.width <= one.x + 0.01
                    || one.y + one.height <= two.y + 0.01
                    || two.y + two.height <= one.y + 0.01;
                assert!(apart, "{one:?} {two:?}");
            }
        }
    }

    #[test]
    fn nothing_and_zero_are_no_trouble() {
        assert!(layout(&[], FRAME).is_empty());
        assert!(layout(&[0.0, 0.0], FRAME).iter().all(|one| one.width == 0.0));
        assert_eq!(layout(&[5.0, 0.0], FRAME).len(), 2);
    }
}
