//! Chosen bars written anew, through the window's accessibility tree.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::window::{Test, short_tunes};

const TUNE: &str = "X:1\nT:Three bars\nM:4/4\nL:1/8\nK:D\nd|D2 EF GABc|dcBA GFED|\nD2 ~G2 z4|]\n";

impl Test {
    fn with_bars_chosen() -> Self {
        let mut test = Self::with(&short_tunes());
        test.write(TUNE);
        test.drag(test.note("A eighth"), test.note("D eighth"));
        test.until("they are chosen", |t| t.button("Rewrite bars") == Some(true));
        test
    }

    /// The bar between what must not change.
    fn second_bar(&self) -> String {
        let text = self.tune().unwrap();
        let (before, after) = ("X:1\nT:Three bars\nM:4/4\nL:1/8\nK:D\nd|D2 EF GABc|", "|\nD2 ~G2 z4|]\n");
        let bar = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        bar.unwrap_or_else(|| panic!("more than the bar has changed: {text}")).to_owned()
    }

    fn rewrite(&mut self) {
        self.click("Rewrite bars");
        self.until("they are written", |t| t.versions().len() > 1);
    }

    fn versions(&self) -> Vec<String> {
        let tabs = self.harness.query_all_by_role(Role::Tab);
        tabs.filter_map(|tab| tab.accesskit_node().label())
            .filter(|name| name.starts_with("Version"))
            .collect()
    }
}

#[test]
fn bars_are_written_anew_in_several_ways_and_one_is_kept_in_one_step() {
    let mut test = Test::with_bars_chosen();
    assert_eq!(test.second_bar(), "dcBA GFED");
    test.rewrite();
    let mut bars = Vec::new();
    for name in test.versions() {
        test.harness.get_by_role_and_label(Role::Tab, &name).click();
        test.steps();
        assert!(test.says(&name), "the strip says which it is");
        assert!(test.says("None. Every bar adds up."), "{:?}", test.tune());
        bars.push(test.second_bar());
    }
    let last = bars.last().cloned();
    bars.push("dcBA GFED".to_owned());
    bars.sort();
    let all = bars.len();
    bars.dedup();
    assert_eq!(bars.len(), all, "each is another");
    test.click("Keep it");
    assert!(test.versions().is_empty() && Some(test.second_bar()) == last);
    test.click("Undo rewriting bars");
    assert_eq!(test.second_bar(), "dcBA GFED");
    test.click("Redo rewriting bars");
    assert_eq!(Some(test.second_bar()), last);
}

#[test]
fn esc_takes_the_old_bars_back_and_leaves_them_chosen() {
    let mut test = Test::with_bars_chosen();
    test.rewrite();
    assert_ne!(test.second_bar(), "dcBA GFED");
    test.press(Modifiers::NONE, Key::Escape);
    assert_eq!(test.second_bar(), "dcBA GFED");
    assert!(test.versions().is_empty());
    assert_eq!(test.button("Rewrite bars"), Some(true), "they can be tried again");
    test.press(Modifiers::NONE, Key::Escape);
    assert_eq!(test.button("Rewrite bars"), None);
}

#[test]
fn whoever_goes_on_keeps_what_is_there() {
    let mut test = Test::with_bars_chosen();
    test.rewrite();
    let bar = test.second_bar();
    test.write(&test.tune().unwrap().replace("T:Three", "T:Four"));
    assert!(test.versions().is_empty());
    assert!(test.tune().unwrap().contains(&bar));
}

#[test]
fn bars_that_cannot_be_rewritten_say_why() {
    let mut test = Test::with(&short_tunes());
    test.write(&TUNE.replace("GFED|", "GFED-|"));
    test.drag(test.note("A eighth"), test.note("G eighth"));
    test.click("Rewrite bars");
    assert!(test.says("a slur or a tie goes over the edge of these bars"), "{:?}", test.texts());
}
