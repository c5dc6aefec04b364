//! Queues of tasks: pairing heaps whose nodes are the tasks themselves, so that queuing needs no memory.
//!
//! ```text
//!  owner ── root ─ task ─ child ─> task ─ next ─> task ─ next ─> ..
//!                           ^        │ ^           │
//!                           └ before ┘ └─ before ──┘
//! ```
//!
//! `before` of a first child is its parent, that of another one its neighbour to the left. The owner is a queue, or a
//! task for which others wait; each queued task knows its owner, and is in one queue at a time. So a heap is a tree
//! whatever scripts do with queues. Of tasks that are due at the same time the one that was queued first is first.

use snakelet_vm::native::Data;
use snakelet_vm::native::leaf::{Leaf, Obj};

use super::queue::{self, TaskQueue};
use super::task::{self, Task};

/// A task, while a leaf runs.
pub(super) type Node<'h> = Data<'h, Task>;

/// What tasks are queued at.
#[derive(Copy, Clone)]
pub(super) enum Owner<'h> {
    Queue(Data<'h, TaskQueue>),
    Task(Node<'h>),
}

impl<'h> Owner<'h> {
    pub(super) fn of(obj: Obj<'h>) -> Option<Self> {
        Data::of(obj).map(Owner::Queue).or_else(|| Data::of(obj).map(Owner::Task))
    }
    fn obj(self) -> Obj<'h> {
        match self {
            Owner::Queue(queue) => queue.obj(),
            Owner::Task(task) => task.obj(),
        }
    }
    /// The task that is first.
    pub(super) fn first(self) -> Option<Node<'h>> {
        Data::of(match self {
            Owner::Queue(queue) => queue.value(queue::ROOT),
            Owner::Task(task) => task.value(task::WAITING),
        })
    }
    fn set_first(self, first: Option<Node<'h>>) {
        let first = obj_of(first);
        match self {
            Owner::Queue(queue) => queue.set_value(queue::ROOT, first),
            Owner::Task(task) => task.set_value(task::WAITING, first),
        }
    }
    /// Queues a task, which is in no queue, for a moment in milliseconds.
    pub(super) fn push(self, task: Node<'h>, at: i64, order: u32) {
        task.place.set((at, order));
        task.set_value(task::OWNER, self.obj());
        self.set_first(meld(self.first(), Some(task)));
    }
    /// Takes the first task out.
    pub(super) fn pop(self, cx: Leaf<'h>) -> Option<Node<'h>> {
        let first = self.first()?;
        self.set_first(meld_children(cx, first));
        unlink(first);
        Some(first)
    }
    /// Takes a task out that is in this queue.
    pub(super) fn remove(self, cx: Leaf<'h>, task: Node<'h>) {
        let Some(before) = link(task, task::BEFORE) else {
            self.pop(cx);
            return;
        };
        let next = link(task, task::NEXT);
        let is_first_child = link(before, task::CHILD).is_some_and(|c| c.obj().is(task.obj()));
        before.set_value(if is_first_child { task::CHILD } else { task::NEXT }, obj_of(next));
        if let Some(next) = next {
            next.set_value(task::BEFORE, before.obj());
        }
        let children = meld_children(cx, task);
        self.set_first(meld(self.first(), children));
        unlink(task);
    }
}

fn obj_of(task: Option<Node<'_>>) -> Obj<'_> {
    task.map_or(Obj::NONE, Data::obj)
}

fn link<'h>(task: Node<'h>, which: usize) -> Option<Node<'h>> {
    Data::of(task.value(which))
}

fn unlink(task: Node<'_>) {
    for which in [task::OWNER, task::CHILD, task::NEXT, task::BEFORE] {
        task.set_value(which, Obj::NONE);
    }
}

/// Whether a task comes before another one.
fn is_before(a: Node<'_>, b: Node<'_>) -> bool {
    let ((a_at, a_order), (b_at, b_order)) = (a.place.get(), b.place.get());
    // orders are counted round
    a_at < b_at || a_at == b_at && a_order.wrapping_sub(b_order).cast_signed() < 0
}

/// Makes one heap of two.
fn meld<'h>(a: Option<Node<'h>>, b: Option<Node<'h>>) -> Option<Node<'h>> {
    let (Some(a), Some(b)) = (a, b) else { return a.or(b) };
    let (first, child) = if is_before(b, a) { (b, a) } else { (a, b) };
    let next = link(first, task::CHILD);
    if let Some(next) = next {
        next.set_value(task::BEFORE, child.obj());
    }
    child.set_value(task::NEXT, obj_of(next));
    child.set_value(task::BEFORE, first.obj());
    first.set_value(task::CHILD, child.obj());
    first.set_value(task::NEXT, Obj::NONE);
    first.set_value(task::BEFORE, Obj::NONE);
    Some(first)
}

/// Makes one heap of a task's children: of two neighbours at a time from the left, then of all these from the right.
fn meld_children<'h>(cx: Leaf<'h>, task: Node<'h>) -> Option<Node<'h>> {
    let mut rest = link(task, task::CHILD);
    // linked by `next`, the last pair first
    let mut pairs = None;
    while let Some(a) = rest {
        let b = link(a, task::NEXT);
        rest = b.and_then(|b| link(b, task::NEXT));
        for one in [Some(a), b].into_iter().flatten() {
            one.set_value(task::NEXT, Obj::NONE);
            one.set_value(task::BEFORE, Obj::NONE);
        }
        let pair = meld(Some(a), b);
        if let Some(pair) = pair {
            pair.set_value(task::NEXT, obj_of(pairs));
        }
        pairs = pair;
        cx.charge(2);
    }
    let mut heap = None;
    while let Some(pair) = pairs {
        pairs = link(pair, task::NEXT);
        pair.set_value(task::NEXT, Obj::NONE);
        heap = meld(heap, Some(pair));
        cx.charge(1);
    }
    heap
}
