//! Tuples, lists, sets and dictionaries.
//!
//! MicroPython has no instructions for `*x` and `**x` in them: from the first such item on the
//! others are added by calls of the collection's own methods.

use snakelet_bytecode::op;

use super::Compiler;
use crate::ast::{Ex, Kind, List};
use crate::{Message, Sink};

/// How a collection takes one item, and how many.
struct Methods {
    one: &'static [u8],
    many: &'static [u8],
}

const LIST: Methods = Methods { one: b"append", many: b"extend" };
const SET: Methods = Methods { one: b"add", many: b"update" };

fn is_starred(item: Ex<'_>) -> bool {
    matches!(*item.kind(), Kind::Star(_) | Kind::DoubleStar(_))
}

impl<S: Sink> Compiler<'_, '_, '_, S> {
    pub(super) fn tuple(&mut self, list: List<'_>) {
        if list.iter().any(is_starred) {
            self.collect(list.iter(), op::BUILD_LIST, &LIST);
            return self.list_to_tuple();
        }
        self.items(list);
        self.build(op::BUILD_TUPLE, list.len())
    }

    pub(super) fn list(&mut self, list: List<'_>) {
        self.collect(list.iter(), op::BUILD_LIST, &LIST)
    }

    /// Makes a list of the first `n` items.
    pub(super) fn list_of_first(&mut self, n: usize, list: List<'_>) {
        self.collect(list.iter().take(n), op::BUILD_LIST, &LIST)
    }

    pub(super) fn set(&mut self, list: List<'_>) {
        self.collect(list.iter(), op::BUILD_SET, &SET)
    }

    /// Leaves the values of all items on the stack.
    pub(super) fn items(&mut self, list: List<'_>) {
        list.iter().for_each(|item| self.expr(item));
    }

    fn collect<'a>(
        &mut self,
        items: impl Iterator<Item = Ex<'a>> + Clone,
        build: u8,
        methods: &Methods,
    ) {
        let plain = items.clone().take_while(|item| !is_starred(*item)).count();
        for item in items.clone().take(plain) {
            self.expr(item);
        }
        self.build(build, plain as u32);
        for item in items.skip(plain) {
            match *item.kind() {
                Kind::Star(items) => self.call_own(methods.many, items),
                _ => self.call_own(methods.one, item),
            }
        }
    }

    /// Calls a method of the value on the stack, which stays there.
    fn call_own(&mut self, method: &'static [u8], argument: Ex<'_>) {
        self.dup_top();
        self.op_text(op::LOAD_METHOD, 1, method);
        self.expr(argument);
        self.call_method(1);
        self.pop_top()
    }

    /// Makes a tuple of the list on the stack. A function that returns its `*args` does it, since
    /// the name `tuple` may mean something else.
    fn list_to_tuple(&mut self) {
        self.make_args_function();
        self.rot_two();
        // Which arguments are starred: the first.
        self.load_int(1);
        self.call_op(op::CALL_FUNCTION, 0, 1, 0, true)
    }

    /// Makes a dict of arguments with names.
    pub(super) fn dict_of_keywords<'a>(&mut self, items: impl Iterator<Item = Ex<'a>>) {
        self.build(op::BUILD_MAP, 0);
        for item in items {
            match *item.kind() {
                Kind::Keyword(len, value) => {
                    self.expr(value);
                    self.op_span(op::LOAD_CONST_STRING, 1, item.name(len));
                    self.op(op::STORE_MAP, -2);
                }
                Kind::DoubleStar(items) => self.call_own(b"update", items),
                _ => {}
            }
        }
    }

    pub(super) fn dict(&mut self, list: List<'_>) {
        let pairs = list.iter().filter(|item| !is_starred(*item)).count();
        self.build(op::BUILD_MAP, pairs as u32);
        for item in list.iter() {
            match *item.kind() {
                Kind::Pair(..) => {
                    self.expr(item);
                    self.op(op::STORE_MAP, -2);
                }
                Kind::DoubleStar(items) => self.call_own(b"update", items),
                _ => return self.error(item.pos(), Message::DictItem),
            }
        }
    }
}
