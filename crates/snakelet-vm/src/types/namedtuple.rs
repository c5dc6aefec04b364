//! `collections.namedtuple`.
