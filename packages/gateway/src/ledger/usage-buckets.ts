import type { UsageBucket } from '@vm-x/contract'
import { Calendar } from '../capacity/windows.ts'

/**
 * Where each bucket begins, in order: the first holds `fromMs`, the last ends at `toMs` or later. Every store sorts its
 * rows into these, so that none depends on what a database knows of time zones.
 */
export function bucketStarts(bucket: UsageBucket, timeZone: string, fromMs: number, toMs: number): number[] {
  const calendar = new Calendar(timeZone)
  const bounds = (atMs: number) => {
    if (bucket !== 'second' && bucket !== 'minute') return calendar.window(bucket, atMs)
    const lengthMs = bucket === 'second' ? 1000 : 60_000
    const startMs = atMs - (atMs % lengthMs)
    return { startMs, endMs: startMs + lengthMs }
  }
  const starts: number[] = []
  for (let { startMs, endMs } = bounds(fromMs); startMs < toMs; ) {
    starts.push(startMs)
    // Where clocks are set back by half an hour, an hour by the clock begins before the one before it has ended.
    startMs = endMs
    endMs = bounds(startMs).endMs
  }
  return starts
}
