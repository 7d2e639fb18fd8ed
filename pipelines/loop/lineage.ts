import { openPictureLibrary } from '@promptloom/dataset/picture-library'
import type { Origin } from '@promptloom/dataset/row'
import { UserError } from '@promptloom/runner/errors'
import type { InboxRow, RowLineage } from '../feedback/inbox-row.ts'
import { Ratings } from '../ratings.ts'
import { Tombstones } from '../tombstones.ts'
import { rowsWithIds } from '../workspace-rows.ts'
import { inboxRows } from './doomed.ts'

type Maker = NonNullable<RowLineage['painter']>

/** One row of a lineage; what is not known, or does not apply, is null. */
export interface LineageNode {
  readonly id: string
  /** Empty where the row was forgotten. */
  readonly prompt: string
  readonly origin: Origin
  readonly hasPicture: boolean
  /** Ids; each is a node too, unless it lies beyond the limit. */
  readonly parents: readonly string[]
  /** The user's own prompt. */
  readonly asked: string | null
  /** Why the refiner changed it so. */
  readonly reason: string | null
  readonly refiner: Maker | null
  readonly painter: Maker | null
  /** What it was painted with. */
  readonly parameters: Readonly<Record<string, unknown>> | null
  /** What the refiner was shown, with cosine similarity. */
  readonly neighbours: readonly { readonly id: string; readonly similarity: number }[]
  /** The program that wrote an ingested picture, and its file. */
  readonly tool: string | null
  readonly file: string | null
  /** ISO 8601; null for rows of the dataset. */
  readonly created: string | null
  readonly forgotten: boolean
}

/** A row with its ancestors, up to the prompts that inspired it, and its descendants. */
export interface Lineage {
  readonly id: string
  /** The row first, then ancestors, then descendants, nearest first. */
  readonly nodes: readonly LineageNode[]
  /** 1 to 5; null where nobody has rated the row. */
  readonly rating: number | null
  /** Whether there are more relatives than are told. */
  readonly truncated: boolean
}

/** Relatives that are told of. */
const MOST_NODES = 500

/**
 * Where a row comes from and what was made from it, out of the workspace's files: no database is needed.
 * @throws UserError for an id that no row has
 */
export async function lineageOf(workspace: string, id: string): Promise<Lineage> {
  const { parents, children } = await relations(workspace)
  const ancestors = reached(id, parents)
  const descendants = reached(id, children).filter((one) => !ancestors.includes(one))
  const all = [id, ...ancestors, ...descendants]
  const shown = all.slice(0, MOST_NODES)
  const known = await describe(workspace, new Set(shown))
  if (!known.has(id)) {
    throw new UserError(
      `No row of ${workspace} has the id "${id}"; copy it from the output of promptloom search --json.`,
    )
  }
  return {
    id,
    nodes: shown.flatMap((one) => known.get(one) ?? []),
    rating: (await Ratings.read(workspace)).of(id) ?? null,
    truncated: all.length > shown.length,
  }
}

type Relations = ReadonlyMap<string, readonly string[]>

/** Who was made from whom; only made rows have parents, and all of those came through the inbox. */
async function relations(workspace: string): Promise<{ parents: Relations; children: Relations }> {
  const parents = new Map<string, readonly string[]>()
  const children = new Map<string, string[]>()
  for await (const { row } of inboxRows(workspace)) {
    if (parents.has(row.id)) continue
    parents.set(row.id, row.parents)
    for (const parent of row.parents) {
      const known = children.get(parent)
      if (known) known.push(row.id)
      else children.set(parent, [row.id])
    }
  }
  return { parents, children }
}

/** What is reached from a row, nearest first; the row itself is not. */
function reached(from: string, steps: Relations): string[] {
  const found = new Set([from])
  for (const id of found) for (const next of steps.get(id) ?? []) found.add(next)
  return [...found].slice(1)
}

async function describe(workspace: string, ids: ReadonlySet<string>): Promise<Map<string, LineageNode>> {
  const nodes = new Map<string, LineageNode>()
  for await (const { row } of inboxRows(workspace)) {
    if (ids.has(row.id) && !nodes.has(row.id)) nodes.set(row.id, madeNode(row))
  }
  const others = new Set([...ids].filter((id) => !nodes.has(id)))
  for (const { id, prompt, origin, parents } of (await rowsWithIds(workspace, others)).values()) {
    nodes.set(id, { ...UNKNOWN, id, prompt, origin, parents })
  }
  const tombstones = await Tombstones.read(workspace)
  for (const id of ids) {
    if (!nodes.has(id) && tombstones.ids.has(id)) nodes.set(id, { ...UNKNOWN, id, forgotten: true })
  }
  await using pictures = await openPictureLibrary(workspace)
  for (const [id, node] of nodes) {
    if (!node.hasPicture && (await pictures.read(id))) nodes.set(id, { ...node, hasPicture: true })
  }
  return nodes
}

const UNKNOWN: Omit<LineageNode, 'id'> = {
  ...{ prompt: '', origin: 'dataset', hasPicture: false, parents: [], neighbours: [], forgotten: false },
  ...{ asked: null, reason: null, refiner: null, painter: null, parameters: null },
  ...{ tool: null, file: null, created: null },
}

function madeNode({ id, prompt, origin, parents, picture, created, lineage }: InboxRow): LineageNode {
  const { asked = null, reason = null, refiner = null, painter = null, parameters = null } = lineage
  const { neighbours = [], tool = null, file = null } = lineage
  const made = { asked, reason, refiner, painter, parameters, neighbours, tool, file, created }
  return { id, prompt, origin, parents, hasPicture: picture !== undefined, forgotten: false, ...made }
}
