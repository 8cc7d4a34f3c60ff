/** What a person asked for can't be done as written, and nothing was changed. Each problem names its place, never a secret. */
export class ConfigRejected extends Error {
  override readonly name = 'ConfigRejected'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}
