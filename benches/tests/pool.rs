//! The pool gives what the other allocator of the benches cannot.

use benches::pool::{
    Allocator, Recorder, Rlsf, Snakelet, Step, fragmented, full, largest, refused_holes,
};

#[test]
fn a_hole_serves_its_own_size_again() {
    assert_eq!(refused_holes::<Snakelet>(2000, 1), 0);
    let refused = refused_holes::<Rlsf>(2000, 1);
    assert!(refused > 1900, "{refused}: is the pool's own search still worth it?");
}

#[test]
fn fresh_memory_is_given_in_one_block() {
    for kib in [160, 480] {
        assert_eq!(largest::<Snakelet>(kib << 10), kib << 10);
        assert!(largest::<Rlsf>(kib << 10) < kib << 10);
    }
}

#[test]
fn a_recording_means_the_same_to_both() {
    let mut recorder = Recorder::new(100_000, 7);
    recorder.mix(2000);
    let (mut snakelet, mut rlsf) = (Snakelet::with(100_000), Rlsf::with(100_000));
    let mut refused = 0;
    for step in recorder.into_steps() {
        assert_eq!(step.to_string().parse(), Ok(step));
        let served = [step.replay(&mut snakelet), step.replay(&mut rlsf)];
        if matches!(step, Step::Try(_)) {
            assert!(served.contains(&false), "{step}");
            refused += 1;
        } else {
            assert_eq!(served, [true; 2], "{step}");
        }
        assert_eq!(snakelet.len(), rlsf.len());
    }
    assert!(refused > 0);
}

#[test]
fn memory_is_as_full_as_it_is_called() {
    const BYTES: usize = 1 << 20;
    let free = |steps: Vec<Step>| {
        let mut snakelet = Snakelet::with(BYTES);
        for step in steps {
            step.replay(&mut snakelet);
        }
        snakelet.stats().free
    };
    let fragmented = free(fragmented(BYTES, 1));
    assert!((BYTES / 4..BYTES * 3 / 4).contains(&fragmented), "{fragmented}");
    let full = free(full(BYTES, 1));
    assert!(full < BYTES / 20, "{full}");
}
