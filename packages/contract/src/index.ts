export * from './config-file.ts'
export * from './name.ts'
