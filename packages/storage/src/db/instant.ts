/** The last millisecond that the databases and the API both write with four digits of a year. */
export const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** A time to compare rows with; what lies outside of what both databases can read becomes the nearest that does not. */
export const instant = (time: string | number): Date =>
  new Date(Math.min(Math.max(typeof time === 'string' ? Date.parse(time) : time, 0), LATEST_MS))
