/** Serves the console for as long as who started this lives. */
process.once('disconnect', () => process.exit(0))
await import('../apps/ui/server.mjs')
