//! The places by which conversions refer to values.

use snakelet_vm::{Local, Res};

use crate::{Context, Error, ToPython};

/// The place of a value in an interpreter, which [`FromPython`](crate::FromPython) is given and
/// [`ToPython`] gives. Conversions of composed types pass it on to those of their parts.
///
/// It is of use until the conversion is over. What is kept for longer, or given to another interpreter, stands for
/// `None` or any other value there.
#[derive(Copy, Clone, Debug)]
pub struct Place(Local);

impl Place {
    /// The place of `None`.
    pub const NONE: Place = Place(Local::NONE);
}

impl From<Local> for Place {
    fn from(local: Local) -> Self {
        Place(local)
    }
}

impl Context<'_> {
    /// The local of a place, which may come from code that has kept it: of what is not on this interpreter's stack
    /// now, that of `None`. There is no other way from a place to a local.
    pub(crate) fn local_at(&self, place: Place) -> Local {
        self.vm_ref().checked_local(place.0)
    }

    /// Makes a local that holds a value.
    pub(crate) fn made(&mut self, value: &(impl ToPython + ?Sized)) -> Result<Local, Error> {
        let place = value.to_python(self)?;
        Ok(self.local_at(place))
    }

    /// Turns what was raised into an error, and a local into its place.
    pub(crate) fn place(&mut self, made: Res) -> Result<Place, Error> {
        self.check(made).map(Place)
    }
}
