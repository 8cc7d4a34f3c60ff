export * from './paging.ts'
export * from './problem.ts'
export * from './route.ts'
export * from './tracked.ts'
