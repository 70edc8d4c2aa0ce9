//! `count` and `for_each`: how many of a resource or module there are, as far as the files say.

use std::rc::Rc;

use crate::input::templates::terraform::resource::Attribute;

use super::{
    evaluate::{Evaluator, Names, Scope},
    module::Module,
    syntax::Node,
    values::{known, map, whole},
};

/// Instances of one resource that are looked at.
pub(super) const MOST: usize = 200;

/// One more, so that those who look at them see that there are more.
const TOO_MANY: usize = MOST + 1;

/// What `count` or `for_each` makes of a block.
#[derive(Clone, Debug)]
pub(super) enum Copies {
    /// Neither is there.
    One,
    /// `count`: `[0]`, `[1]`...
    Counted(Vec<Names>),
    /// `for_each`: names by key.
    Keyed(Vec<(String, Names)>),
    /// Only a deployment knows how many; one stands for all.
    Open(Names),
}

/// Instances of a resource with the value that its name stands for.
#[derive(Debug)]
pub(super) struct Instances {
    pub(super) value: Attribute,
    pub(super) addresses: Vec<String>,
}

/// One instance.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) module: usize,
    pub(super) number: usize,
    pub(super) names: Rc<Names>,
    pub(super) is_open: bool,
}

/// What `count` and `for_each` say.
pub(super) fn copies(
    evaluator: &mut Evaluator<'_>,
    count: Option<&Node>,
    for_each: Option<&Node>,
    scope: Scope<'_>,
) -> Copies {
    let copies = match (count, for_each) {
        (Some(count), _) => counted(evaluator, count, scope),
        (None, Some(each)) => keyed(evaluator, each, scope),
        (None, None) => Copies::One,
    };
    // whether it is there at all is looked at as if it were
    evaluator.questions.clear();
    copies
}

fn counted(evaluator: &mut Evaluator<'_>, count: &Node, scope: Scope<'_>) -> Copies {
    let names = |at: usize| Names::from([("count".to_owned(), map([("index", number(at))]))]);
    let certain = evaluator.certainly(count, scope);
    let by_default = || Attribute::Unknown("count".to_owned());
    let value = if known(&certain).is_some() { certain.clone() } else { evaluator.eval(count, scope) };
    match known(&value).and_then(|text| text.parse::<usize>().ok()) {
        Some(0) if known(&certain).is_some() => Copies::Counted(Vec::new()),
        // a default of zero does not say that there will be none
        Some(0) => Copies::Counted(vec![names(0)]),
        Some(count) => Copies::Counted((0..count.min(TOO_MANY)).map(names).collect()),
        None if is_choice(count) => Copies::Counted(vec![names(0)]),
        None => Copies::Open(Names::from([("count".to_owned(), map([("index", by_default())]))])),
    }
}

/// `condition ? 1 : 0`: there is one, or none.
fn is_choice(node: &Node) -> bool {
    use super::syntax::Expr;
    let Expr::If(branches) = &node.expr else { return false };
    let [_, yes, no] = branches.as_ref();
    let is_one = |node: &Node| matches!(&node.expr, Expr::Number(number) if number == "1" || number == "0");
    is_one(yes) && is_one(no)
}

fn keyed(evaluator: &mut Evaluator<'_>, each: &Node, scope: Scope<'_>) -> Copies {
    use super::syntax::Expr;
    let mut value = evaluator.eval(each, scope);
    if let (Attribute::Unknown(_), Expr::If(branches)) = (&value, &each.expr) {
        // of a choice between some and none, some are looked at
        let [_, yes, no] = branches.as_ref();
        let is_empty = |value: &Attribute| match value {
            Attribute::List(list) => list.is_empty(),
            Attribute::Map(map) => map.is_empty(),
            _ => false,
        };
        let (yes, no) = (evaluator.eval(yes, scope), evaluator.eval(no, scope));
        value = match (is_empty(&yes), is_empty(&no)) {
            (false, true) => yes,
            (true, false) => no,
            _ => value,
        };
    }
    let names = |key: &str, value: Attribute| {
        let each = map([("key", Attribute::Text(key.to_owned())), ("value", value)]);
        (key.to_owned(), Names::from([("each".to_owned(), each)]))
    };
    let open = || {
        let open = |name: &str| Attribute::Unknown(format!("each.{name}"));
        Copies::Open(Names::from([(
            "each".to_owned(),
            map([("key", open("key")), ("value", open("value"))]),
        )]))
    };
    match value {
        Attribute::Map(map) => {
            Copies::Keyed(map.into_iter().take(TOO_MANY).map(|(key, value)| names(&key, value)).collect())
        }
        Attribute::List(list) => {
            let keys: Option<Vec<String>> = list.iter().take(TOO_MANY).map(known).collect();
            let Some(mut keys) = keys else { return open() };
            keys.sort();
            keys.dedup();
            Copies::Keyed(keys.iter().map(|key| names(key, Attribute::Text(key.clone()))).collect())
        }
        _ => open(),
    }
}

fn number(at: usize) -> Attribute {
    Attribute::Number(at.to_string())
}

impl Copies {
    /// What stands behind an address for each instance, with its names.
    pub(super) fn named(&self) -> Vec<(String, Names)> {
        match self {
            Self::One => vec![(String::new(), Names::new())],
            Self::Open(names) => vec![(String::new(), names.clone())],
            Self::Counted(list) => {
                list.iter().enumerate().map(|(at, names)| (format!("[{at}]"), names.clone())).collect()
            }
            Self::Keyed(list) => {
                list.iter().map(|(key, names)| (format!("[\"{key}\"]"), names.clone())).collect()
            }
        }
    }

    /// The value of a name that has these instances.
    pub(super) fn value(&self, address: &str) -> Attribute {
        let each = |behind: String| whole(&format!("{address}{behind}"));
        match self {
            Self::One | Self::Open(_) => whole(address),
            Self::Counted(_) => {
                Attribute::List(self.named().into_iter().map(|(behind, _)| each(behind)).collect())
            }
            Self::Keyed(list) => {
                let pairs = list.iter().zip(self.named());
                Attribute::Map(pairs.map(|((key, _), (behind, _))| (key.clone(), each(behind))).collect())
            }
        }
    }
}

impl Evaluator<'_> {
    /// The instances of a resource.
    pub(super) fn instances_of(&mut self, module: usize, number: usize) -> Rc<Instances> {
        if let Some(found) = self.instances.get(&(module, number)) {
            return Rc::clone(found);
        }
        let Some(owner) = self.modules.get(module).map(Rc::clone) else { return Rc::new(Instances::none()) };
        let Some(block) = owner.parts.resources.get(number) else { return Rc::new(Instances::none()) };
        let address = address(&owner, &block.kind, block.labels.get(1).map_or("", String::as_str));
        // while it is being told, its own name stands for one of it
        let itself = Rc::new(Instances { value: whole(&address), addresses: Vec::new() });
        self.instances.insert((module, number), itself);
        let kept = std::mem::take(&mut self.questions);
        let scope = Scope::of(module);
        let copies = copies(self, block.get("count"), block.get("for_each"), scope);
        self.questions = kept;
        let mut addresses = Vec::new();
        for (behind, own) in copies.named() {
            let address = format!("{address}{behind}");
            let is_open = matches!(copies, Copies::Open(_));
            self.known.insert(address.clone(), Known { module, number, names: Rc::new(own), is_open });
            addresses.push(address);
        }
        let found = Rc::new(Instances { value: copies.value(&address), addresses });
        self.instances.insert((module, number), Rc::clone(&found));
        found
    }
}

impl Instances {
    fn none() -> Self {
        Self { value: Attribute::Null, addresses: Vec::new() }
    }
}

/// The address of a resource without an index.
pub(super) fn address(module: &Module, kind: &str, name: &str) -> String {
    if module.address.is_empty() {
        format!("{kind}.{name}")
    } else {
        format!("{}.{kind}.{name}", module.address)
    }
}
