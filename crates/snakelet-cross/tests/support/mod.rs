//! What a module says, apart from the order of its tables and the widths of its jumps.

#![allow(clippy::unwrap_used, clippy::panic, reason = "part of the tests")]

use std::collections::BTreeMap;

use snakelet_bytecode::mpy::{Function, Module, Object};
use snakelet_bytecode::opcode::{Operand, name};
use snakelet_bytecode::verify::{Limits, measure, verify};
use snakelet_bytecode::{Instructions, Prelude};

/// A function with names and constants in place of their numbers.
#[derive(Debug, PartialEq)]
pub(crate) struct Listing {
    pub(crate) name: String,
    pub(crate) signature: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) cells: Vec<u8>,
    pub(crate) code: Vec<String>,
    pub(crate) children: Vec<Listing>,
}

fn string(module: &Module, index: i64) -> String {
    let text = module.strings[usize::try_from(index).unwrap()].text();
    String::from_utf8_lossy(text).into_owned()
}

/// Lists a function and all inside it, children in the order in which they are made.
fn list(module: &Module, function: &Function) -> Listing {
    let prelude = Prelude::decode(&function.data).unwrap();
    let instructions: Vec<_> =
        Instructions::new(prelude.code).map(|instruction| instruction.unwrap()).collect();
    let index: BTreeMap<usize, usize> =
        instructions.iter().enumerate().map(|(index, one)| (one.offset, index)).collect();
    let mut children = Vec::new();
    let mut code = Vec::new();
    for one in &instructions {
        let argument = match one.info.operand {
            Operand::Qstr => string(module, one.arg),
            Operand::Object => {
                let object: &Object = &module.objects[one.arg as usize];
                format!("{object:?}")
            }
            Operand::Child | Operand::ChildCells => {
                let child = list(module, &function.children[one.arg as usize]);
                let name = child.name.clone();
                children.push(child);
                format!("{name} {}", one.extra)
            }
            Operand::Jump | Operand::JumpForward | Operand::JumpUnwind => {
                format!("-> {} {}", index[&(one.arg as usize)], one.extra)
            }
            _ => one.arg.to_string(),
        };
        code.push(format!("{} {argument}", name(one.byte).unwrap()));
    }
    let names = prelude.arg_names().map(|index| string(module, index.into()));
    Listing {
        name: string(module, prelude.name.into()),
        signature: format!("{:?}", prelude.signature),
        arguments: names.collect(),
        cells: prelude.cells.to_vec(),
        code,
        children,
    }
}

/// Lists a module's functions.
pub(crate) fn listing(mpy: &[u8]) -> Listing {
    let module = Module::parse(mpy).unwrap();
    list(&module, &module.root)
}

/// Checks that every function of a module may run.
pub(crate) fn verify_all(mpy: &[u8]) {
    let module = Module::parse(mpy).unwrap();
    for function in module.root.all() {
        let limits = Limits {
            strings: module.strings.len() as u32,
            objects: module.objects.len() as u32,
            children: function.children.len() as u32,
            small_int_bits: module.small_int_bits,
        };
        let prelude = Prelude::decode(&function.data).unwrap();
        let name = string(&module, prelude.name.into());
        let verified = verify(&function.data, &limits, &mut vec![0; 1 << 20])
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let measured = measure(&prelude, &limits).unwrap();
        assert!(measured.n_stack >= verified.n_stack, "{name}: {measured:?} {verified:?}");
        assert!(measured.n_exc >= verified.n_exc, "{name}: {measured:?} {verified:?}");
        // unlike the verifier it looks at code that is never reached, too
        assert!(measured.n_locals >= verified.n_locals, "{name}: {measured:?} {verified:?}");
        assert_eq!(measured.n_free, verified.n_free, "{name}");
    }
}
