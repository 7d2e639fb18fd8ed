import type { JSX } from 'preact'
import type { Lineage, LineageNode } from '../api/lineage.ts'
import type { Maker } from '../api/maker.ts'
import { thumbnailOf } from '../api/search.ts'
import { Icon } from '../interface/icon.tsx'
import { asked } from '../search/asked.ts'
import { type Branch, familyOf } from './family.ts'
import { rowAddress } from './row-address.ts'

/** Where a row comes from, and what came of it. */
export function LineageTree({ lineage }: { lineage: Lineage }): JSX.Element | null {
  const { self, ancestors, descendants } = familyOf(lineage)
  const asks = self?.asked && self.asked !== self.prompt ? self.asked : undefined
  if (!self || (ancestors.length === 0 && descendants.length === 0 && !asks)) return null
  return (
    <section class="lineage" aria-labelledby="lineage-heading">
      <h2 id="lineage-heading">Lineage</h2>
      {asks && (
        <p class="lineage-asked">
          <span class="fine">asked for</span> {asks}
        </p>
      )}
      {self.reason && (
        <p class="lineage-asked">
          <span class="fine">why</span> {self.reason}
        </p>
      )}
      <MakerLine verb="refined by" maker={self.refiner} />
      <MakerLine verb="painted by" maker={self.painter} />
      {ancestors.length > 0 && <Branches label="Comes from" branches={ancestors} />}
      {descendants.length > 0 && <Branches label="Led to" branches={descendants} />}
    </section>
  )
}

function Branches({ label, branches }: { label: string; branches: readonly Branch[] }): JSX.Element {
  return (
    <>
      <h3>{label}</h3>
      <Twigs branches={branches} />
    </>
  )
}

function Twigs({ branches }: { branches: readonly Branch[] }): JSX.Element {
  return (
    <ul class="twigs">
      {branches.map(({ node, branches: further }) => (
        <li key={node.id}>
          <Twig node={node} />
          {further.length > 0 && <Twigs branches={further} />}
        </li>
      ))}
    </ul>
  )
}

const ORIGINS = { dataset: 'from the collection', refined: 'refined', generated: 'painted' } as const

function Twig({ node }: { node: LineageNode }): JSX.Element {
  const content = (
    <>
      {node.hasPicture ? (
        <img class="twig-picture" src={thumbnailOf(node.id, 128)} alt="" loading="lazy" />
      ) : (
        <span class="twig-dot">
          <Icon name="quill" size={18} />
        </span>
      )}
      <span>
        <span class="fine">
          {node.forgotten ? 'forgotten' : ORIGINS[node.origin]}
          {node.painter?.standIn && <span class="stand-in">stand-in</span>}
        </span>
        <span class="twig-prompt">{node.prompt || 'Its words are gone.'}</span>
      </span>
    </>
  )
  if (node.forgotten) return <span class="twig">{content}</span>
  return (
    <a class="twig" href={rowAddress(node.id, asked.value)}>
      {content}
    </a>
  )
}

function MakerLine({ verb, maker }: { verb: string; maker: Maker | null }): JSX.Element | null {
  if (!maker) return null
  return (
    <p class="lineage-asked">
      <span class="fine">{verb}</span> {maker.label} {maker.standIn && <span class="stand-in">stand-in</span>}
    </p>
  )
}
