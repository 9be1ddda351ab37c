//! What processes cost, as Linux tells it.

use std::fs;
use std::time::Duration;

/// Processor time of this process so far, the system's on its behalf included.
pub fn own_processor() -> Duration {
    ticks("self", 11)
}

/// Processor time of the children that were waited for.
pub fn children() -> Duration {
    ticks("self", 13)
}

/// Processor time of another process so far, the system's on its behalf included.
pub fn processor_of(process: u32) -> Duration {
    ticks(&process.to_string(), 11)
}

/// User and system time, of which the first has this number behind the name.
fn ticks(process: &str, first: usize) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("Linux tells");
    let after_name = stat.rsplit(") ").next().expect("a name in brackets");
    let fields: Vec<u64> = after_name.split(' ').map(|f| f.parse().unwrap_or(0)).collect();
    // Ticks of a hundredth of a second, as Linux has told user programs since ever.
    Duration::from_millis((fields[first] + fields[first + 1]) * 10)
}

/// The most memory that a process has had so far (VmHWM); nothing once it ended.
pub fn peak_kilobytes(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
