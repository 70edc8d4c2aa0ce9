//! What expressions are worth: everything that the files say, and nothing that only a deployment knows.
//!
//! A condition that cannot be decided is a question; whoever evaluates a resource may ask for both answers.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
};

use crate::input::templates::{
    Answers,
    cloudformation::scenario::{Question, Scenario},
    terraform::resource::Attribute,
};

use super::{
    files::Files,
    functions,
    instances::{Instances, Known},
    module::Module,
    syntax::{Expr, For, Node},
    values::{LONGEST, is_deeper, scalar, size, truth},
};

/// Expressions inside one another, through locals, variables and modules.
const DEEPEST: usize = 100;

/// Lists and maps inside one another in a value that has a name: what is remembered could grow with every name.
const DEEPEST_VALUE: usize = 60;

/// Values that one run makes.
const MOST_STEPS: usize = 20_000_000;

/// Values that one argument is made of.
pub(super) const MOST_OF_ONE: usize = 100_000;

/// Where an expression stands: its module, and what is named around it.
#[derive(Clone, Copy)]
pub(super) struct Scope<'e> {
    pub(super) module: usize,
    pub(super) names: &'e Names,
}

/// `each`, `count` and the names of a `for`.
pub(super) type Names = BTreeMap<String, Attribute>;

impl Scope<'static> {
    /// A module with nothing named around.
    pub(super) fn of(module: usize) -> Self {
        static NONE: Names = Names::new();
        Self { module, names: &NONE }
    }
}

/// What is remembered or under way: a named value of a module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Item {
    Local(usize, String),
    Variable(usize, String),
    Output(usize, String),
    Argument(String, String),
}

type Key = (Item, bool);

struct Kept {
    value: Attribute,
    size: usize,
    questions: Vec<Question>,
}

/// Everything that expressions can see.
pub(super) struct Evaluator<'a> {
    pub(super) files: Files,
    pub(super) modules: Vec<Rc<Module>>,
    /// Numbers of modules by address, without the root.
    pub(super) module_numbers: HashMap<String, usize>,
    pub(super) answers: &'a Answers,
    /// Where relative paths start.
    pub(super) folder: &'a std::path::Path,
    /// Instances of resources by module and number, and all of them by address.
    pub(super) instances: HashMap<(usize, usize), Rc<Instances>>,
    pub(super) known: HashMap<String, Known>,
    /// What is assumed where the files leave it open.
    pub(super) scenario: Scenario,
    /// What would have to be assumed.
    pub(super) questions: Vec<Question>,
    /// Whether defaults of variables do not count: they do not decide a condition.
    certain: bool,
    kept: HashMap<Key, Kept>,
    under_way: HashSet<Key>,
    depth: usize,
    left: usize,
    left_of_one: usize,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(folder: &'a std::path::Path, answers: &'a Answers) -> Self {
        Self {
            files: Files::default(),
            modules: Vec::new(),
            module_numbers: HashMap::new(),
            answers,
            folder,
            instances: HashMap::new(),
            known: HashMap::new(),
            scenario: Scenario::default(),
            questions: Vec::new(),
            certain: false,
            kept: HashMap::new(),
            under_way: HashSet::new(),
            depth: 0,
            left: MOST_STEPS,
            left_of_one: MOST_OF_ONE,
        }
    }

    /// Evaluates the argument of a block, with a budget of its own.
    pub(super) fn argument(&mut self, node: &Node, scope: Scope<'_>) -> Attribute {
        self.left_of_one = MOST_OF_ONE;
        self.eval(node, scope)
    }

    /// Assumes something else; what was remembered may depend on it.
    pub(super) fn assume(&mut self, scenario: Scenario) {
        if self.scenario != scenario {
            self.kept.clear();
            self.scenario = scenario;
        }
        self.questions.clear();
    }

    /// Forgets what was remembered, after modules were added.
    pub(super) fn forget(&mut self) {
        self.kept.clear();
        self.questions.clear();
    }

    /// Takes from what is left; false when nothing is.
    pub(super) fn spend(&mut self, amount: usize) -> bool {
        match (self.left.checked_sub(amount), self.left_of_one.checked_sub(amount)) {
            (Some(left), Some(of_one)) => {
                (self.left, self.left_of_one) = (left, of_one);
                true
            }
            _ => false,
        }
    }

    /// A value that is named elsewhere: evaluated once. A value that leads back to itself is unknown.
    pub(super) fn named(
        &mut self,
        item: Item,
        expression: &str,
        make: impl FnOnce(&mut Self) -> Attribute,
    ) -> Attribute {
        let key = (item, self.certain);
        if let Some(kept) = self.kept.get(&key) {
            let (value, size) = (kept.value.clone(), kept.size);
            self.questions.extend(kept.questions.iter().cloned());
            return if self.spend(size) { value } else { unknown(expression) };
        }
        if !self.under_way.insert(key.clone()) {
            return unknown(expression);
        }
        let before = std::mem::take(&mut self.questions);
        let mut value = make(self);
        if is_deeper(&value, DEEPEST_VALUE) {
            value = unknown(expression);
        }
        let questions = std::mem::replace(&mut self.questions, before);
        self.questions.extend(questions.iter().cloned());
        self.under_way.remove(&key);
        let size = size(&value);
        self.kept.insert(key, Kept { value: value.clone(), size, questions });
        value
    }

    /// The value of an expression.
    pub(super) fn eval(&mut self, node: &Node, scope: Scope<'_>) -> Attribute {
        if self.depth >= DEEPEST || !self.spend(1) {
            return self.open(node);
        }
        self.depth = self.depth.saturating_add(1);
        let value = self.value(node, scope);
        self.depth = self.depth.saturating_sub(1);
        value
    }

    /// What an expression is when it cannot be told.
    pub(super) fn open(&self, node: &Node) -> Attribute {
        Attribute::Unknown(self.files.written(&node.at))
    }

    fn value(&mut self, node: &Node, scope: Scope<'_>) -> Attribute {
        match &node.expr {
            Expr::Null => Attribute::Null,
            Expr::Bool(flag) => Attribute::Bool(*flag),
            Expr::Number(number) => Attribute::Number(number.clone()),
            Expr::Text(text) if text.len() <= LONGEST && self.spend(text.len() / 64) => {
                Attribute::Text(text.clone())
            }
            Expr::Template(parts) => self.template(node, parts, scope),
            Expr::List(list) if self.spend(list.len()) => {
                Attribute::List(list.iter().map(|one| self.eval(one, scope)).collect())
            }
            Expr::Map(pairs) => self.map(node, pairs, scope),
            Expr::Block(arguments) => Attribute::Map(
                arguments.iter().map(|(name, one)| (name.clone(), self.eval(one, scope))).collect(),
            ),
            Expr::Name(_) => self.traverse(node, node, &[], scope),
            Expr::Traversal(base, steps) => self.traverse(node, base, steps, scope),
            Expr::Call(name, arguments, is_expanded) => {
                functions::call(self, node, (name, arguments, *is_expanded), scope)
            }
            Expr::If(branches) => self.conditional(node, branches, scope),
            Expr::Not(_) | Expr::Binary(..) => {
                self.decide(node, scope).map_or_else(|| self.open(node), Attribute::Bool)
            }
            Expr::For(each) => self.for_each(node, each, scope),
            Expr::Text(_) | Expr::List(_) | Expr::Other => self.open(node),
        }
    }

    fn map(&mut self, node: &Node, pairs: &[(Node, Node)], scope: Scope<'_>) -> Attribute {
        let mut map = BTreeMap::new();
        for (key, value) in pairs {
            let Some(key) = scalar(&self.eval(key, scope)) else { return self.open(node) };
            map.insert(key, self.eval(value, scope));
        }
        Attribute::Map(map)
    }

    /// The branch that a condition chooses. Where it cannot be told, a value that both branches have is the value.
    fn conditional(&mut self, node: &Node, branches: &[Node; 3], scope: Scope<'_>) -> Attribute {
        let [condition, yes, no] = branches;
        match self.decide(condition, scope) {
            Some(true) => self.eval(yes, scope),
            Some(false) => self.eval(no, scope),
            None => {
                let (yes, no) = (self.eval(yes, scope), self.eval(no, scope));
                if yes == no { yes } else { self.open(node) }
            }
        }
    }

    /// Whether a condition holds; where that is open it becomes a question.
    pub(super) fn decide(&mut self, node: &Node, scope: Scope<'_>) -> Option<bool> {
        if self.depth >= DEEPEST || !self.spend(1) {
            return None;
        }
        self.depth = self.depth.saturating_add(1);
        let was = std::mem::replace(&mut self.certain, true);
        let decided = super::condition::decide(self, node, scope);
        self.certain = was;
        self.depth = self.depth.saturating_sub(1);
        decided
    }

    /// The answer to a question, if it is assumed.
    pub(super) fn ask(&mut self, subject: &Attribute, value: &str) -> Option<bool> {
        let question = Question { subject: subject.expression(), value: value.to_owned() };
        let answer = self.scenario.answer(&question);
        if answer.is_none() {
            self.questions.push(question);
        }
        answer
    }

    /// Whether defaults of variables count.
    pub(super) fn is_certain(&self) -> bool {
        self.certain
    }

    /// Evaluates without the defaults of variables.
    pub(super) fn certainly(&mut self, node: &Node, scope: Scope<'_>) -> Attribute {
        let was = std::mem::replace(&mut self.certain, true);
        let value = self.eval(node, scope);
        self.certain = was;
        value
    }

    fn for_each(&mut self, node: &Node, each: &For, scope: Scope<'_>) -> Attribute {
        let members: Vec<(Attribute, Attribute)> = match self.eval(&each.list, scope) {
            Attribute::List(list) => {
                let number = |at: usize| Attribute::Number(at.to_string());
                list.into_iter().enumerate().map(|(at, one)| (number(at), one)).collect()
            }
            Attribute::Map(map) => map.into_iter().map(|(key, one)| (Attribute::Text(key), one)).collect(),
            _ => return self.open(node),
        };
        let mut list = Vec::new();
        let mut map = BTreeMap::new();
        for (key, value) in members {
            let mut names = scope.names.clone();
            if !self.spend(names.values().map(size).fold(0, usize::saturating_add))
                || matches!(value, Attribute::Several(_))
            {
                return self.open(node);
            }
            if let Some(name) = &each.key {
                names.insert(name.clone(), key);
            }
            names.insert(each.name.clone(), value);
            let inner = Scope { names: &names, ..scope };
            if let Some(condition) = &each.condition {
                match truth(&self.eval(condition, inner)) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return self.open(node),
                }
            }
            let result = self.eval(&each.result, inner);
            match &each.result_key {
                Some(key) => match scalar(&self.eval(key, inner)) {
                    Some(key) => drop(map.insert(key, result)),
                    None => return self.open(node),
                },
                None => list.push(result),
            }
        }
        if each.result_key.is_some() { Attribute::Map(map) } else { Attribute::List(list) }
    }
}

fn unknown(expression: &str) -> Attribute {
    Attribute::Unknown(expression.to_owned())
}
