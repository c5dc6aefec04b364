//! What is known of an expression before it runs: constants, their truth, arithmetic on them.
//!
//! Folded is what MicroPython's parser folds (`py/parse.c`): integers and floats under all
//! arithmetic and bit operators, a level of operators at a time; `not`, `and`, `or`; tuples of
//! constants; names given a value by `const()`. What would raise an exception is left alone.

use snakelet_num::bigint::{self, BitOp, Int, Limb, Poll, Small, Stop};

use crate::Const;
use crate::ast::{Big, Ex, Kind, List, Packed, op};
use crate::memory::{Arena, Budget, Buf};
use crate::parser::Parser;
use crate::token::Span;

/// Integers of more bits than this are left to be computed when the code runs.
const MAX_BITS: usize = 4096;

/// What takes the place of a text, or of a tuple's items, for which there is no room.
pub(crate) const NO_TEXT: &[u8] = &[];
pub(crate) const NO_ITEMS: &[Const<'static>] = &[];

/// Whether an expression is a constant object.
pub(crate) fn is_constant(expr: Ex<'_>) -> bool {
    match *expr.kind() {
        Kind::ParenTuple(list) => list.is_empty(),
        Kind::None
        | Kind::True
        | Kind::False
        | Kind::Ellipsis
        | Kind::Int(_)
        | Kind::Big(_)
        | Kind::Float(_)
        | Kind::Imaginary(_)
        | Kind::StrSpan(_)
        | Kind::Str(_)
        | Kind::Bytes(_)
        | Kind::ConstTuple(_) => true,
        _ => false,
    }
}

/// The truth of a constant.
pub(crate) fn truth(expr: Ex<'_>) -> Option<bool> {
    Some(match *expr.kind() {
        Kind::None | Kind::False => false,
        Kind::True | Kind::Ellipsis | Kind::Big(_) | Kind::ConstTuple(_) => true,
        Kind::Int(Packed(value)) => value != 0,
        Kind::Float(Packed(value)) | Kind::Imaginary(Packed(value)) => value != 0.0,
        Kind::StrSpan(span) => span.start != span.end,
        Kind::Str(text) | Kind::Bytes(text) => !text.is_empty(),
        Kind::ParenTuple(list) if list.is_empty() => false,
        _ => return None,
    })
}

/// `not` of a constant.
pub(crate) fn not<'a>(expr: Ex<'_>) -> Option<Kind<'a>> {
    truth(expr).map(|truth| if truth { Kind::False } else { Kind::True })
}

/// Constants of modules that code may use without importing their value.
pub(crate) fn module_constant(module: &[u8], name: &[u8]) -> Option<f64> {
    static MATH: [(&[u8], f64); 5] = [
        (b"e", core::f64::consts::E),
        (b"pi", core::f64::consts::PI),
        (b"tau", core::f64::consts::TAU),
        (b"inf", f64::INFINITY),
        (b"nan", f64::NAN),
    ];
    let constants = if module == b"math" { &MATH[..] } else { &[] };
    constants.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

/// A number that takes part in folding.
#[derive(Clone, Copy)]
enum Number<'a> {
    Small(i64),
    Big(Big<'a>),
    Float(f64),
}

impl<'a> Number<'a> {
    fn of(expr: Ex<'a>) -> Option<Self> {
        match *expr.kind() {
            Kind::Int(Packed(value)) => Some(Number::Small(value)),
            Kind::Big(big) => Some(Number::Big(*big)),
            Kind::Float(Packed(value)) => Some(Number::Float(value)),
            _ => None,
        }
    }

    fn of_int(value: Int<'a>) -> Self {
        let (negative, magnitude) = (value.is_negative(), value.magnitude());
        match bigint::to_i64(value) {
            Some(small) => Number::Small(small),
            None => Number::Big(Big { negative, magnitude }),
        }
    }

    fn float(self) -> Option<f64> {
        match self {
            Number::Small(value) => Some(value as f64),
            Number::Big(big) => bigint::to_f64(Int::new(big.negative, big.magnitude)),
            Number::Float(value) => Some(value),
        }
    }
}

/// The result of an operator.
enum Computed {
    Float(f64),
    Int(bigint::Written),
}

impl Computed {
    /// The number whose limbs, if it has some, are these.
    fn number(self, limbs: &[Limb]) -> Number<'_> {
        match self {
            Computed::Float(value) => Number::Float(value),
            Computed::Int(written) => Number::of_int(written.int(limbs)),
        }
    }
}

impl<'b> Parser<'_, 'b> {
    /// A constant expression as the sink takes it; strings are copied from the text.
    pub(crate) fn constant<'a>(&self, arena: &'a Arena<'b>, expr: Ex<'a>) -> Const<'a> {
        match *expr.kind() {
            Kind::True => Const::Bool(true),
            Kind::False => Const::Bool(false),
            Kind::Ellipsis => Const::Ellipsis,
            Kind::Int(Packed(value)) => Const::Small(value),
            Kind::Big(big) => Const::Int { negative: big.negative, magnitude: big.magnitude },
            Kind::Float(Packed(value)) => Const::Float(value),
            Kind::Imaginary(Packed(value)) => Const::Imaginary(value),
            Kind::StrSpan(span) => Const::Str(arena.slice(self.lexer.text(span))),
            Kind::Str(text) => Const::Str(text),
            Kind::Bytes(text) => Const::Bytes(text),
            Kind::ConstTuple(items) => Const::Tuple(items),
            Kind::ParenTuple(_) => Const::Tuple(&[]),
            _ => Const::None,
        }
    }

    pub(crate) fn constants_of<'a>(&self, arena: &'a Arena<'b>, list: List<'a>) -> &'a [Const<'a>] {
        let items = arena.fill(list.len() as usize, Const::None);
        for (to, item) in items.iter_mut().zip(list.iter()) {
            *to = self.constant(arena, item);
        }
        items
    }

    /// The value of operands joined by operators of one precedence, if all are numbers.
    pub(crate) fn fold_chain<'a>(
        &mut self,
        arena: &'a Arena<'b>,
        list: List<'a>,
    ) -> Option<Kind<'a>> {
        // Results so far are no part of the tree: of many long numbers they would take much.
        let mut limbs = Buf::new(self.limbs.budget());
        let mut items = list.iter();
        let mut value = items.next().and_then(Number::of)?;
        for item in items {
            let right = Number::of(item)?;
            let result = self.binary(item.tag(), value, right)?;
            core::mem::swap(&mut self.limbs, &mut limbs);
            value = result.number(&limbs);
        }
        Some(self.number(arena, value))
    }

    /// The value of a sign or inversion of a number.
    pub(crate) fn fold_unary<'a>(
        &mut self,
        arena: &'a Arena<'b>,
        operator: u8,
        operand: Ex<'a>,
    ) -> Option<Kind<'a>> {
        let value = match (operator, Number::of(operand)) {
            (op::POSITIVE, Some(_)) => return Some(*operand.kind()),
            (op::NEGATIVE, Some(Number::Float(value))) => Computed::Float(-value),
            (op::NEGATIVE, Some(value)) => self.binary(op::SUBTRACT, Number::Small(0), value)?,
            (op::INVERT, Some(value @ (Number::Small(_) | Number::Big(_)))) => {
                self.binary(op::SUBTRACT, Number::Small(-1), value)?
            }
            _ => return None,
        };
        Some(self.number(arena, value.number(&self.limbs)))
    }

    /// The node of a number.
    fn number<'a>(&self, arena: &'a Arena<'b>, value: Number<'_>) -> Kind<'a> {
        match value {
            Number::Float(value) => Kind::Float(Packed(value)),
            Number::Small(value) if self.is_small(value) => Kind::Int(Packed(value)),
            Number::Small(value) => {
                let small = Small::from(value);
                let magnitude = arena.copy(small.int().magnitude());
                big(arena, Big { negative: value < 0, magnitude })
            }
            Number::Big(Big { negative, magnitude }) => {
                big(arena, Big { negative, magnitude: arena.copy(magnitude) })
            }
        }
    }

    fn is_small(&self, value: i64) -> bool {
        let shift = 64 - u32::from(self.small_int_bits.clamp(1, 64));
        value << shift >> shift == value
    }

    /// The node of an integer.
    pub(crate) fn integer_node<'a>(&self, arena: &'a Arena<'b>, value: Int<'_>) -> Kind<'a> {
        self.number(arena, Number::of_int(value))
    }

    /// The result of an operator; the limbs of a big one are those of `self.limbs`.
    fn binary(&mut self, operator: u8, left: Number<'_>, right: Number<'_>) -> Option<Computed> {
        let integers = !matches!(left, Number::Float(_)) && !matches!(right, Number::Float(_));
        let negative_power = operator == op::POWER
            && match right {
                Number::Small(value) => value < 0,
                Number::Big(big) => big.negative,
                Number::Float(_) => false,
            };
        if integers && operator == op::TRUE_DIVIDE && !(is_exact(left) && is_exact(right)) {
            // The quotient of rounded operands is not the rounded quotient.
            return None;
        }
        if !integers || operator == op::TRUE_DIVIDE || negative_power {
            return float(operator, left.float()?, right.float()?).map(Computed::Float);
        }
        let (mut small_left, mut small_right) = (Small::from(0i64), Small::from(0i64));
        let left = operand(left, &mut small_left);
        let right = operand(right, &mut small_right);
        integer(&mut self.limbs, operator, left, right).map(Computed::Int)
    }
}

/// The node of an integer beyond the small ones.
fn big<'a>(arena: &'a Arena<'_>, value: Big<'a>) -> Kind<'a> {
    arena.alloc(value).map_or(Kind::Nothing, Kind::Big)
}

/// Tells of the work of a long calculation, which ends if the compilation does.
pub(crate) fn poll(budget: &Budget, steps: u32) -> Result<(), Stop> {
    // a few steps of a calculation take as long as one of the loop, on a large processor
    budget.work(steps as usize / if usize::BITS == 64 { 4 } else { 1 });
    if budget.failed() { Err(Stop) } else { Ok(()) }
}

fn operand<'v>(value: Number<'v>, small: &'v mut Small) -> Int<'v> {
    match value {
        Number::Small(value) => {
            *small = Small::from(value);
            small.int()
        }
        Number::Big(big) => Int::new(big.negative, big.magnitude),
        Number::Float(_) => Int::ZERO,
    }
}

/// Whether a float holds the integer without rounding.
fn is_exact(value: Number<'_>) -> bool {
    matches!(value, Number::Small(value) if value.unsigned_abs() <= 1 << 53)
}

/// Makes room for a result.
fn room<'l>(limbs: &'l mut Buf<'_, Limb>, len: usize) -> &'l mut [Limb] {
    limbs.zero(len);
    limbs
}

fn integer(
    limbs: &mut Buf<'_, Limb>,
    operator: u8,
    left: Int<'_>,
    right: Int<'_>,
) -> Option<bigint::Written> {
    let budget = limbs.budget();
    let poll: &mut Poll<'_> = &mut |steps| poll(budget, steps);
    let count = bigint::to_i64(right).and_then(|count| usize::try_from(count).ok());
    let written = match operator {
        op::ADD => bigint::add(room(limbs, bigint::add_len(left, right)), left, right),
        op::SUBTRACT => bigint::sub(room(limbs, bigint::add_len(left, right)), left, right),
        op::MULTIPLY => bigint::mul(room(limbs, bigint::mul_len(left, right)), left, right, poll),
        op::OR | op::XOR | op::AND => {
            let bits = match operator {
                op::OR => BitOp::Or,
                op::XOR => BitOp::Xor,
                _ => BitOp::And,
            };
            bigint::bitwise(room(limbs, bigint::bitwise_len(left, right)), bits, left, right)
        }
        op::SHIFT_LEFT => {
            let count = count.filter(|count| left.bit_length() + count <= MAX_BITS)?;
            bigint::shl(room(limbs, bigint::shl_len(left, count)), left, count)
        }
        op::SHIFT_RIGHT => bigint::shr(room(limbs, bigint::shr_len(left, count?)), left, count?),
        op::FLOOR_DIVIDE | op::MODULO => {
            let (quotient, remainder) = bigint::divmod_len(left, right);
            let both = room(limbs, quotient.saturating_add(remainder));
            if operator == op::MODULO {
                bigint::modulo(both, left, right, poll)
            } else {
                let (quotient, remainder) =
                    both.split_at_mut_checked(quotient).unwrap_or((&mut [], &mut []));
                bigint::divmod(quotient, remainder, left, right, poll).map(|both| both.0)
            }
        }
        op::POWER => {
            let exponent = count.and_then(|count| u32::try_from(count).ok());
            let bits = |exponent: u32| left.bit_length().saturating_mul(exponent as usize);
            let exponent = exponent.filter(|&exponent| bits(exponent) <= MAX_BITS)?;
            let len = bigint::pow_len(left, exponent)?;
            let both = room(limbs, len.saturating_mul(2));
            let (output, scratch) = both.split_at_mut_checked(len).unwrap_or((&mut [], &mut []));
            bigint::pow(output, scratch, left, exponent, poll)
        }
        _ => return None,
    };
    written.ok()
}

fn float(operator: u8, left: f64, right: f64) -> Option<f64> {
    Some(match operator {
        op::ADD => left + right,
        op::SUBTRACT => left - right,
        op::MULTIPLY => left * right,
        op::TRUE_DIVIDE if right != 0.0 => left / right,
        op::FLOOR_DIVIDE if right != 0.0 => divmod(left, right).0,
        op::MODULO if right != 0.0 => divmod(left, right).1,
        op::POWER if left == 0.0 && right < 0.0 => return None,
        // A power that is a complex number.
        op::POWER if left < 0.0 && right != libm::floor(right) && right.is_finite() => return None,
        op::POWER => libm::pow(left, right),
        _ => return None,
    })
}

/// Quotient rounded down and remainder with the divisor's sign.
fn divmod(left: f64, right: f64) -> (f64, f64) {
    let mut modulo = snakelet_num::float::fmod(left, right);
    let mut quotient = (left - modulo) / right;
    if modulo == 0.0 {
        modulo = libm::copysign(0.0, right);
    } else if (modulo < 0.0) != (right < 0.0) {
        modulo += right;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (libm::copysign(0.0, left / right), modulo);
    }
    let floor = libm::floor(quotient);
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, modulo)
}

/// Names that stand for constants, with their values, in the order of their definition.
///
/// An entry is the length of the name, the name, the length of the value, the value.
pub(crate) struct Constants<'b> {
    bytes: Buf<'b, u8>,
    /// How much of the table applies at the point that is being parsed.
    visible: usize,
}

/// How many constants there were at some point.
#[derive(Clone, Copy)]
pub(crate) struct ConstantsMark(usize);

impl<'b> Constants<'b> {
    pub(crate) fn new(budget: &'b Budget) -> Self {
        Constants { bytes: Buf::new(budget), visible: 0 }
    }

    pub(crate) fn mark(&self) -> ConstantsMark {
        ConstantsMark(self.bytes.len())
    }

    /// Forgets what was defined since.
    pub(crate) fn truncate(&mut self, mark: ConstantsMark) {
        self.bytes.truncate(mark.0);
        self.visible = self.bytes.len();
    }

    /// Looks as if nothing had been defined since.
    pub(crate) fn hide(&mut self, since: ConstantsMark) {
        self.visible = since.0;
    }

    /// Makes all visible again.
    pub(crate) fn show(&mut self) {
        self.visible = self.bytes.len();
    }

    pub(crate) fn clear(&mut self) {
        self.truncate(ConstantsMark(0));
        self.bytes.shrink();
    }

    /// Finds a name's value.
    pub(crate) fn find(&self, name: &[u8]) -> Option<usize> {
        self.bytes.budget().work(self.visible / 32);
        let mut at = 0;
        while at < self.visible {
            let mut reader = Reader { bytes: &self.bytes, at };
            let found = reader.take();
            let value = reader.at;
            reader.take();
            if found == name {
                return Some(value);
            }
            at = reader.at;
        }
        None
    }

    /// Makes the node of a value that was found.
    pub(crate) fn value<'a>(&self, at: usize, arena: &'a Arena<'b>) -> Kind<'a> {
        let mut reader = Reader { bytes: &self.bytes, at: at + 4 };
        match reader.value(arena) {
            Const::None => Kind::None,
            Const::Bool(true) => Kind::True,
            Const::Bool(false) => Kind::False,
            Const::Ellipsis => Kind::Ellipsis,
            Const::Small(value) => Kind::Int(Packed(value)),
            Const::Int { negative, magnitude } => big(arena, Big { negative, magnitude }),
            Const::Float(value) => Kind::Float(Packed(value)),
            Const::Imaginary(value) => Kind::Imaginary(Packed(value)),
            Const::Str([]) => Kind::StrSpan(Span::default()),
            Const::Str(text) => Kind::Str(arena.alloc(text).unwrap_or(&NO_TEXT)),
            Const::Bytes(text) => Kind::Bytes(arena.alloc(text).unwrap_or(&NO_TEXT)),
            Const::Tuple([]) => Kind::ParenTuple(List::EMPTY),
            Const::Tuple(items) => Kind::ConstTuple(arena.alloc(items).unwrap_or(&NO_ITEMS)),
        }
    }

    /// Gives a name a value.
    pub(crate) fn define(&mut self, name: &[u8], value: Const<'_>) {
        let from = self.bytes.len();
        self.append(name, value);
        if self.bytes.budget().failed() {
            self.bytes.truncate(from);
        }
        self.visible = self.bytes.len();
    }

    fn append(&mut self, name: &[u8], value: Const<'_>) {
        self.put(name);
        let at = self.bytes.len();
        self.bytes.extend(&[0; 4]);
        self.put_value(value);
        let len = (self.bytes.len() - at - 4) as u32;
        if let Some(place) = self.bytes.get_mut(at..at + 4) {
            place.copy_from_slice(&len.to_le_bytes());
        }
    }

    fn put(&mut self, text: &[u8]) {
        self.bytes.extend(&(text.len() as u32).to_le_bytes());
        self.bytes.extend(text)
    }

    fn put_value(&mut self, value: Const<'_>) {
        match value {
            Const::None => self.bytes.push(0),
            Const::Bool(value) => self.bytes.push(1 + u8::from(value)),
            Const::Ellipsis => self.bytes.push(3),
            Const::Small(value) => {
                self.bytes.push(4);
                self.bytes.extend(&value.to_le_bytes())
            }
            Const::Int { negative, magnitude } => {
                self.bytes.push(5 + u8::from(negative));
                self.bytes.extend(&(magnitude.len() as u32).to_le_bytes());
                magnitude.iter().for_each(|limb| self.bytes.extend(&limb.to_le_bytes()));
            }
            Const::Float(value) => {
                self.bytes.push(7);
                self.bytes.extend(&value.to_bits().to_le_bytes())
            }
            Const::Imaginary(value) => {
                self.bytes.push(8);
                self.bytes.extend(&value.to_bits().to_le_bytes())
            }
            Const::Str(text) => {
                self.bytes.push(9);
                self.put(text)
            }
            Const::Bytes(text) => {
                self.bytes.push(10);
                self.put(text)
            }
            Const::Tuple(items) => {
                self.bytes.push(11);
                self.bytes.extend(&(items.len() as u32).to_le_bytes());
                items.iter().for_each(|&item| self.put_value(item));
            }
        }
    }
}

/// Reads the table of constants.
struct Reader<'r> {
    bytes: &'r [u8],
    at: usize,
}

impl<'r> Reader<'r> {
    fn array<const N: usize>(&mut self) -> [u8; N] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at = self.at.saturating_add(N);
        rest.first_chunk().copied().unwrap_or([0; N])
    }

    fn len(&mut self) -> usize {
        u32::from_le_bytes(self.array()) as usize
    }

    fn take(&mut self) -> &'r [u8] {
        let len = self.len();
        let text = self.bytes.get(self.at..self.at + len).unwrap_or_default();
        self.at += len;
        text
    }

    fn value<'a>(&mut self, arena: &'a Arena<'_>) -> Const<'a> {
        let [tag] = self.array();
        match tag {
            1 => Const::Bool(false),
            2 => Const::Bool(true),
            3 => Const::Ellipsis,
            4 => Const::Small(i64::from_le_bytes(self.array())),
            5 | 6 => {
                let len = self.len();
                let limbs = arena.fill(len, 0);
                for limb in limbs.iter_mut() {
                    *limb = Limb::from_le_bytes(self.array());
                }
                Const::Int { negative: tag == 6, magnitude: limbs }
            }
            7 => Const::Float(f64::from_bits(u64::from_le_bytes(self.array()))),
            8 => Const::Imaginary(f64::from_bits(u64::from_le_bytes(self.array()))),
            9 => Const::Str(arena.slice(self.take())),
            10 => Const::Bytes(arena.slice(self.take())),
            11 => {
                let len = self.len();
                let items = arena.fill(len, Const::None);
                for item in items.iter_mut() {
                    *item = self.value(arena);
                }
                Const::Tuple(items)
            }
            _ => Const::None,
        }
    }
}
