//! Randomness that can be had again: the seed is printed, and `HOOKFERRY_TEST_SEED` sets it.

/// SplitMix64 (<https://prng.di.unimi.it/splitmix64.c> describes it).
pub struct Random(u64);

impl Random {
    pub fn new() -> Self {
        let seed = match std::env::var("HOOKFERRY_TEST_SEED") {
            Ok(text) => text
                .parse()
                .expect("HOOKFERRY_TEST_SEED must be a whole number"),
            Err(_) => u64::try_from(super::since_epoch().as_nanos() & u128::from(u64::MAX))
                .expect("it was cut to 64 bits"),
        };
        println!("HOOKFERRY_TEST_SEED={seed}");
        Self(seed)
    }

    /// The one of a known seed.
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("64 bits hold it");
        usize::try_from(self.word() % bound).expect("it is below a usize")
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.word().to_le_bytes()[0]).collect()
    }
}
