import { describe, expect, test } from 'vitest'
import {
  type Ended,
  errorReason,
  eventSchema,
  failureOf,
  historySchema,
  nodeProblems,
  queuedSchema,
  queueSchema,
} from './protocol.ts'

describe('what is wrong with nodes', () => {
  const problem = (message: string, details: string) => ({ message, details })

  test.each<[unknown, readonly string[], string]>([
    [
      { 3: { class_type: 'KSampler', errors: [problem('Value not in list', "sampler_name: 'x'")] } },
      ["KSampler 3: Value not in list: sampler_name: 'x'"],
      'one problem',
    ],
    [
      {
        3: { class_type: 'KSampler', errors: [problem('a', ''), problem('', 'b')] },
        4: { class_type: 'Load', errors: [problem('c', 'd')] },
      },
      ['KSampler 3: a', 'KSampler 3: b', 'Load 4: c: d'],
      'several, with half of their words',
    ],
    [{ 3: { errors: [{}] } }, ['node 3: '], 'no words at all'],
    [{ 3: { class_type: 'KSampler', errors: 'broken' } }, [], 'errors that are none'],
    [{}, [], 'no nodes'],
    [[], [], 'an empty list, as some versions write it'],
    [undefined, [], 'nothing'],
    [null, [], 'null'],
    ['broken', [], 'a text'],
  ])('%o: %j (%s)', (nodeErrors, expected) => {
    expect(nodeProblems(nodeErrors)).toEqual(expected)
  })
})

describe('why a workflow was turned down', () => {
  test.each<[unknown, string | undefined]>([
    [{ error: 'no prompt' }, 'no prompt'],
    [{ error: { message: 'Prompt has no outputs', details: '' } }, 'Prompt has no outputs'],
    [{ error: { message: 'Cannot execute', details: 'Node ID 3' } }, 'Cannot execute: Node ID 3'],
    [{ error: {}, node_errors: { 3: { class_type: 'K', errors: [{ message: 'a' }] } } }, 'K 3: a'],
    [{ error: 'x', node_errors: { 3: { class_type: 'K', errors: [{ message: 'a' }] } } }, 'x; K 3: a'],
    [{}, undefined],
    [{ error: '' }, undefined],
    [{ error: 5 }, undefined],
    ['text', undefined],
    [undefined, undefined],
    [null, undefined],
  ])('%j: %j', (body, reason) => {
    expect(errorReason(body)).toBe(reason)
  })
})

describe('how a job ended', () => {
  const ended = (status?: Ended['status']): Ended => ({ outputs: {}, ...(status && { status }) })
  const failed = (messages: [string, unknown][]) => ended({ status_str: 'error', completed: false, messages })

  test.each<[string, Ended, string | null]>([
    ['without a word, as old servers do', ended(), null],
    ['well', ended({ status_str: 'success', completed: true, messages: [] }), null],
    [
      'in an error of a node',
      failed([['execution_error', { node_type: 'KSampler', node_id: '3', exception_message: 'out of memory\n' }]]),
      'KSampler 3: out of memory',
    ],
    ['in an error of a node with a number', failed([['execution_error', { node_id: 3 }]]), 'node 3: it failed'],
    ['in an error that says nothing', failed([['execution_error', null]]), 'node ?: it failed'],
    ['without saying why', failed([]), 'node ?: it failed'],
    ['by somebody’s hand', failed([['execution_interrupted', { node_id: '3' }]]), 'somebody interrupted it there'],
    [
      'by somebody’s hand, with an error after it',
      failed([
        ['execution_interrupted', {}],
        ['execution_error', { exception_message: 'x' }],
      ]),
      'somebody interrupted it there',
    ],
  ])('%s', (_, job, expected) => {
    expect(failureOf(job)).toBe(expected)
  })
})

describe('answers', () => {
  test('of the history are read also where nodes left something else than pictures', () => {
    const history = historySchema.parse({
      abc: {
        outputs: { 1: { text: ['x'] }, 2: { images: 'broken' }, 3: { images: [{ filename: 'a.png', extra: 1 }] } },
      },
    })
    expect(history.abc?.outputs).toEqual({ 1: {}, 2: {}, 3: { images: [{ filename: 'a.png' }] } })
  })

  test.each([[{ abc: {} }], [{ abc: { outputs: [] } }], [[]], ['x']])('of the history are refused: %j', (value) => {
    expect(historySchema.safeParse(value).success).toBe(false)
  })

  test.each<[unknown, boolean]>([
    [{ prompt_id: 'a' }, true],
    [{ prompt_id: 'a', number: 3, node_errors: {} }, true],
    [{ prompt_id: 'a', node_errors: [] }, true],
    [{ prompt_id: 5 }, false],
    [{}, false],
    [null, false],
  ])('to a job are %j: taken %s', (value, taken) => {
    expect(queuedSchema.safeParse(value).success).toBe(taken)
  })

  test.each<[unknown, boolean]>([
    [{ queue_running: [], queue_pending: [] }, true],
    [{ queue_running: [[1, 'a', {}, {}, []]], queue_pending: [[2, 'b']] }, true],
    [{ queue_running: [['a', 1]], queue_pending: [] }, false],
    [{ queue_running: [] }, false],
  ])('of the queue are %j: taken %s', (value, taken) => {
    expect(queueSchema.safeParse(value).success).toBe(taken)
  })

  test('of events are read whatever their data: those of others must not end the listening', () => {
    expect(eventSchema.parse({ type: 'crystools.monitor', data: [1, 2] })).toEqual({
      type: 'crystools.monitor',
      data: {},
    })
    expect(eventSchema.parse({ type: 'progress', data: { value: 1, max: 2, prompt_id: null } }).data).toMatchObject({
      value: 1,
      max: 2,
    })
    expect(eventSchema.safeParse({ data: {} }).success).toBe(false)
  })
})
