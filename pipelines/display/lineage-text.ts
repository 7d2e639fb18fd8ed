import type { Lineage, LineageNode } from '../loop/lineage.ts'
import { plainText } from './plain-text.ts'

const LONGEST_PROMPT = 100

/**
 * A lineage as a tree: the row, what it was made from up to the dataset's prompts, and what was made from it. A row
 * that is met again is named and not unfolded again.
 */
export function lineageText({ id, nodes, rating, truncated }: Lineage): string {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const children = (parent: string) => nodes.filter(({ parents }) => parents.includes(parent)).map((node) => node.id)
  const up = (node: LineageNode) => node.parents
  const down = (node: LineageNode) => children(node.id)
  const [root] = nodes
  if (!root) return ''
  const lines = [title(root), ...facts(root).map((fact) => `  ${fact}`)]
  if (rating !== null) lines.push(`  rated ${rating} of 5`)
  const above = branches(root, { byId, next: up, seen: new Set([id]) })
  const below = branches(root, { byId, next: down, seen: new Set([id]) })
  lines.push(...(above.length > 0 ? ['made from', ...above] : ['made from nothing else here']))
  if (below.length > 0) lines.push('led to', ...below)
  if (truncated) lines.push('There are more relatives than are shown here.')
  return lines.map((line) => plainText(line)).join('\n')
}

interface Walk {
  readonly byId: ReadonlyMap<string, LineageNode>
  readonly next: (node: LineageNode) => readonly string[]
  readonly seen: Set<string>
}

function branches(of: LineageNode, walk: Walk): string[] {
  const similarity = new Map(of.neighbours.map((one) => [one.id, one.similarity]))
  const ids = walk.next(of)
  return ids.flatMap((id, at) => {
    const [head, stem] = at === ids.length - 1 ? ['└─ ', '   '] : ['├─ ', '│  ']
    const node = walk.byId.get(id)
    if (!node) return [`${head}${id}  (not known here)`]
    const near = similarity.get(id)
    const first = `${head}${title(node)}${near === undefined ? '' : `  similarity ${near.toFixed(2)}`}`
    if (walk.seen.has(id)) return [`${first}  (see above)`]
    walk.seen.add(id)
    const inner = [...facts(node).map((fact) => `  ${fact}`), ...branches(node, walk)]
    return [first, ...inner.map((line) => `${stem}${line}`)]
  })
}

function title({ id, origin, prompt, hasPicture, forgotten }: LineageNode): string {
  if (forgotten) return `${id}  (forgotten)`
  const short = prompt.length > LONGEST_PROMPT ? `${prompt.slice(0, LONGEST_PROMPT - 1)}…` : prompt
  return `${id}  ${origin}${hasPicture ? ', with picture' : ''}  "${short.replaceAll('\n', ' ')}"`
}

/** How a row came about, a line each; stand-ins are named as such. */
function facts({ asked, reason, refiner, painter, parameters, tool, file }: LineageNode): string[] {
  const lines: string[] = []
  if (asked !== null) lines.push(`asked for: ${asked}`)
  if (refiner) lines.push(`improved by ${refiner.label}${refiner.standIn ? ' (stands in for a language model)' : ''}`)
  if (reason) lines.push(`because: ${reason}`)
  if (painter) lines.push(`painted by ${painter.label}${painter.standIn ? ' (stands in for Stable Diffusion)' : ''}`)
  if (tool) lines.push(`written by ${tool}${file ? `, ${file}` : ''}`)
  else if (file) lines.push(`from ${file}`)
  const known = Object.entries(parameters ?? {}).filter(([, value]) => value !== null && value !== '')
  if (known.length > 0) lines.push(`with ${known.map(([name, value]) => `${name} ${String(value)}`).join(', ')}`)
  return lines
}
