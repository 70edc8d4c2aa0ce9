//! What a template hands to others.

use crate::input::{document::Located, project::RemarkKind, templates::Inventory};

use super::{
    Template,
    scenario::Scenario,
    scope::{Scope, Value},
};

/// A layer version whose ARN is exported cannot be replaced while another stack imports it.
pub(super) fn add(template: &Template<'_>, inventory: &mut Inventory<'_>) {
    let outputs = template.root.get("Outputs").into_iter().flat_map(Located::pairs);
    for output in outputs.filter(|output| output.value.get("Export").is_some()) {
        let scope = Scope::new(template.root, template.answers, Scenario::default(), false);
        if let Some(Value::Resource { id, .. }) = output.value.get("Value").map(|value| scope.value(value))
            && template.layers.contains_key(&id)
        {
            inventory.remark(RemarkKind::ExportedLayer, &template.called(&id), output.key_span());
        }
    }
}
