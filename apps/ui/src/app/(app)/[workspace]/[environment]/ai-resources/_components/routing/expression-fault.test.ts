import { expect, it } from 'vitest'
import { faultPlace } from './expression-fault.ts'

it.each([
  ['tokens.input > 5 &&\n  ) x', 'Unexpected token: RPAREN at line 2, column 3', [2, 3, 1]],
  ['request.', 'Expected IDENTIFIER, got EOF', [1, 9, 1]],
  ['tokens.input > 5 &&\n  foo == 1', 'foo is not a field that rules can look at', [2, 3, 3]],
  ['request.nope == 1', 'request.nope is not a field that rules can look at', [1, 1, 12]],
  ['request.user.trim() == "a"', 'calls trim, which expressions of rules do not know', [1, 14, 4]],
] as const)('finds where %j is wrong', (expression, message, [line, column, length]) => {
  expect(faultPlace(expression, message)).toEqual({ line, column, length, text: expression.split('\n')[line - 1] })
})

it('says nothing of a place where the message names none', () => {
  expect(faultPlace('tokens.input', 'must answer true or false, not int')).toBeUndefined()
  expect(faultPlace('tokens.input > 1.0', 'no such overload: int > double')).toBeUndefined()
})
