/** The machine's monotonic clock, which is one for all of its processes, in ms. */
export const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6
