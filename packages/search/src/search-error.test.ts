import { expect, it } from 'vitest'
import {
  ModelMismatchError,
  NotSearchableError,
  PictureRefusedError,
  QuestionError,
  RowNotFoundError,
  SearchError,
} from './search-error.ts'
import { failureOf, RequestError } from './server/request-error.ts'

it.each([
  [QuestionError, 'bad_question', 400],
  [PictureRefusedError, 'picture_refused', 422],
  [RowNotFoundError, 'not_found', 404],
  [ModelMismatchError, 'model_mismatch', 503],
  [NotSearchableError, 'not_searchable', 503],
])('%o is the asker’s to mend, by a stable name', (Kind, code, status) => {
  const error = new Kind('one sentence.')
  expect(error).toBeInstanceOf(SearchError)
  expect([error.name, error.exitCode, error.code]).toEqual([Kind.name, 2, code])
  expect(failureOf(error)).toEqual({ status, code, message: 'one sentence.', unexpected: false })
})

const other = (facts: object) => Object.assign(new Error('its own words'), facts)

it.each<[string, unknown, object]>([
  [
    'a request refused by us',
    new RequestError(413, 'too_large', 'Too large.'),
    { status: 413, code: 'too_large', message: 'Too large.', unexpected: false },
  ],
  [
    'a mistake of another package',
    other({ exitCode: 2 }),
    { status: 400, code: 'bad_request', message: 'its own words', unexpected: false },
  ],
  [
    'a failure that another try may cure',
    other({ exitCode: 1, retryable: true }),
    { status: 503, code: 'unavailable', message: 'its own words', unexpected: true },
  ],
  ['a failure for good', other({ exitCode: 1 }), { status: 500, code: 'internal', unexpected: true }],
  ['a code of Node’s own', other({ code: 'ECONNRESET' }), { status: 500, code: 'internal', unexpected: true }],
  [
    'too long a time',
    new DOMException('x', 'TimeoutError'),
    { status: 503, code: 'too_slow', message: 'The answer took too long; ask for less.', unexpected: false },
  ],
  ['a bug', new TypeError('secret'), { status: 500, code: 'internal', unexpected: true }],
  ['something that is no error', 'thrown text', { status: 500, code: 'internal', unexpected: true }],
  ['nothing', undefined, { status: 500, code: 'internal', unexpected: true }],
])('of %s a client is told so much', (_, error, failure) => {
  expect(failureOf(error)).toMatchObject(failure)
})

it('of a bug a client learns nothing', () => {
  expect(failureOf(new TypeError('secret')).message).toBe('Something went wrong here; the server’s own log says what.')
})
