import { describe, expect, test } from 'vitest'
import { errorReason, infoSchema, modelsSchema, progressSchema, txt2imgSchema } from './protocol.ts'

describe('why it failed', () => {
  test.each<[unknown, string | undefined, string]>([
    [
      { error: 'OutOfMemoryError', errors: 'CUDA out of memory' },
      'OutOfMemoryError: CUDA out of memory',
      'an exception',
    ],
    [{ error: 'HTTPException', detail: 'Sampler not found' }, 'HTTPException: Sampler not found', 'a refusal'],
    [{ detail: 'Not Found' }, 'it has no such API; start it with --api', 'a page without the API'],
    [{ detail: 'Incorrect username or password' }, 'Incorrect username or password', 'a wrong password'],
    [{ detail: [{ loc: ['body', 'steps'], msg: 'not an integer' }] }, 'body.steps: not an integer', 'a wrong value'],
    [{ detail: [{ msg: 'missing' }] }, 'request: missing', 'a wrong request'],
    [
      {
        detail: [
          { loc: ['a'], msg: 'x' },
          { loc: ['b'], msg: 'y' },
        ],
      },
      'a: x; b: y',
      'several',
    ],
    [{ error: '', detail: '', errors: '' }, undefined, 'empty words'],
    [{}, undefined, 'nothing'],
    [{ error: 5 }, undefined, 'another shape'],
    ['text', undefined, 'a text'],
    [undefined, undefined, 'no JSON'],
  ])('%j: %j (%s)', (body, reason) => {
    expect(errorReason(body)).toBe(reason)
  })
})

describe('answers', () => {
  test.each<[string, { safeParse(value: unknown): { success: boolean } }, unknown, boolean]>([
    ['a picture', txt2imgSchema, { images: ['aGk='], info: '{}', parameters: {} }, true],
    ['no info', txt2imgSchema, { images: [] }, false],
    ['pictures that are no text', txt2imgSchema, { images: [5], info: '{}' }, false],
    ['an info of old servers', infoSchema, {}, true],
    ['an info without a model’s name', infoSchema, { sd_model_name: null }, true],
    ['an index below zero', infoSchema, { index_of_first_image: -1 }, false],
    ['an index with a share', infoSchema, { index_of_first_image: 0.5 }, false],
    ['progress', progressSchema, { progress: 0.5, state: { job_count: 1 }, current_task: null }, true],
    ['progress of old servers', progressSchema, { progress: 0, state: {} }, true],
    ['no progress', progressSchema, { state: {} }, false],
    ['models', modelsSchema, [{ title: 'a [1]', model_name: 'a', hash: null, filename: '/a' }], true],
    ['no models', modelsSchema, [], true],
    ['models in another shape', modelsSchema, { a: 1 }, false],
  ])('with %s', (_, schema, value, taken) => {
    expect(schema.safeParse(value).success).toBe(taken)
  })
})
