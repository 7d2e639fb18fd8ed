import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Graph, type Link, linkOf, parseGraph, walkUp } from './comfyui-graph.ts'
import type { JsonObject } from './tool-json.ts'

const node = (inputs: Record<string, unknown>, class_type = 'Node') => ({ class_type, inputs })
const graphOf = (nodes: Record<string, unknown>): Graph => parseGraph(nodes as JsonObject)
const from = (id: string, slot = 0): Link => ({ id, slot })
const texts = (graph: Graph, start: Link, skip: readonly string[] = []) =>
  walkUp(graph, start, { accept: ({ inputs }) => inputs.text as string | undefined, skip: new Set(skip) })

describe('nodes', () => {
  test('are taken with their id, class, title and inputs', () => {
    const graph = graphOf({ 6: { ...node({ text: 'a fox' }, 'CLIPTextEncode'), _meta: { title: 'Positive' } } })
    expect(graph.get('6')).toEqual({
      id: '6',
      classType: 'CLIPTextEncode',
      title: 'Positive',
      inputs: { text: 'a fox' },
    })
  })

  test.each<[string, unknown]>([
    ['a text', 'x'],
    ['a number', 5],
    ['nothing', null],
    ['no class', { inputs: {} }],
    ['a class that is no name', { class_type: 5, inputs: {} }],
    ['no inputs', { class_type: 'Node' }],
    ['inputs in an array', { class_type: 'Node', inputs: [] }],
  ])('that are %s are passed over', (_, value) => {
    expect([...graphOf({ bad: value, good: node({}) }).keys()]).toEqual(['good'])
  })

  test('have no title where the file has none, or none that is text', () => {
    expect(graphOf({ 1: { ...node({}), _meta: { title: 5 } } }).get('1')?.title).toBeUndefined()
    expect(graphOf({ 1: node({}) }).get('1')?.title).toBeUndefined()
  })

  test('beyond five thousand are not read', () => {
    const many = Object.fromEntries(Array.from({ length: 5010 }, (_, id) => [id, node({})]))
    expect(graphOf(many).size).toBe(5000)
  })
})

describe('a link', () => {
  test.each<[unknown, Link | undefined]>([
    [['4', 0], { id: '4', slot: 0 }],
    [[4, 1], { id: '4', slot: 1 }],
    [['group:4', 2], { id: 'group:4', slot: 2 }],
    [['4'], undefined],
    [['4', 0, 1], undefined],
    [['4', '0'], undefined],
    [[null, 0], undefined],
    ['4', undefined],
    [4, undefined],
    [{ 0: '4', 1: 0, length: 2 }, undefined],
    [undefined, undefined],
  ])('%j is %j', (value, expected) => {
    expect(linkOf(value)).toEqual(expected)
  })
})

describe('walking up', () => {
  const chain = graphOf({
    1: node({ text: 'far' }),
    2: node({ in: ['1', 0] }),
    3: node({ in: ['2', 0], other: ['4', 0] }),
    4: node({ text: 'near' }),
  })

  test('finds what is nearest first', () => {
    expect(texts(chain, from('3'))).toEqual(['near', 'far'])
  })

  test('stops at what it finds: nothing above it counts', () => {
    const graph = graphOf({ 1: node({ text: 'above' }), 2: node({ text: 'found', in: ['1', 0] }) })
    expect(texts(graph, from('2'))).toEqual(['found'])
  })

  test.each<[string, Link | undefined]>([
    ['no link', undefined],
    ['a link to nowhere', from('99')],
    ['a link to a property of objects', from('constructor')],
  ])('from %s finds nothing', (_, start) => {
    expect(walkUp(chain, start, { accept: () => 'x' })).toEqual([])
  })

  test('does not follow the inputs it is told to skip', () => {
    expect(texts(chain, from('3'), ['other'])).toEqual(['far'])
    expect(texts(chain, from('3'), ['other', 'in'])).toEqual([])
  })

  test('visits a node once, however many ways lead to it', () => {
    const diamond = graphOf({
      1: node({ text: 'top' }),
      2: node({ in: ['1', 0] }),
      3: node({ in: ['1', 0] }),
      4: node({ a: ['2', 0], b: ['3', 0] }),
    })
    expect(texts(diamond, from('4'))).toEqual(['top'])
  })

  test.each([
    [0, ['yes']],
    [1, ['no']],
    [2, ['yes', 'no']],
  ])('through a pair of conditionings from output %i finds %j', (slot, expected) => {
    const graph = graphOf({
      1: node({ text: 'yes' }),
      2: node({ text: 'no' }),
      3: node({ positive: ['1', 0], negative: ['2', 0] }, 'ControlNetApplyAdvanced'),
    })
    expect(texts(graph, from('3', slot))).toEqual(expected)
  })

  test('ends in any graph, with cycles and all, and finds each node at most once', () => {
    const link = fc.tuple(fc.integer({ min: 0, max: 9 }).map(String), fc.integer({ min: 0, max: 2 }))
    const any = fc.dictionary(
      fc.integer({ min: 0, max: 9 }).map(String),
      fc.record({
        class_type: fc.constant('N'),
        inputs: fc.dictionary(fc.constantFrom('a', 'b', 'positive', 'negative', 'text'), fc.oneof(link, fc.string())),
      }),
    )
    fc.assert(
      fc.property(any, (nodes) => {
        const found = walkUp(graphOf(nodes), from('0'), {
          accept: ({ id, inputs }) => (typeof inputs.text === 'string' ? id : undefined),
        })
        expect(new Set(found).size).toBe(found.length)
      }),
    )
  })
})
