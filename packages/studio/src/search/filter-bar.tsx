import type { Filters } from '@promptloom/search/filters'
import type { JSX } from 'preact'
import { Icon } from '../interface/icon.tsx'
import { narrow } from '../interface/media-query.ts'
import { Menu } from '../interface/menu.tsx'
import { asked, askFor, results } from './asked.ts'
import { ChoiceList } from './choice-list.tsx'
import { FindSwitch } from './find-switch.tsx'

/** The filters of the question, each a chip. */
export function FilterBar(): JSX.Element {
  const { filters, find } = asked.value
  const any = Object.keys(filters).length > 0
  return (
    <fieldset class="filters">
      <legend class="unseen">Filters</legend>
      {narrow.value && <FindSwitch />}
      <ShapeChips />
      <SizeChip />
      <SourceChip />
      <OriginChip />
      <RatingChip />
      <SinceChip />
      {find === 'prompts' && (
        <button
          type="button"
          class="chip"
          aria-pressed={filters.hasPicture === true}
          data-on={filters.hasPicture || undefined}
          onClick={() => put({ hasPicture: filters.hasPicture ? undefined : true })}
        >
          With picture
        </button>
      )}
      {any && (
        <button type="button" class="quiet" onClick={() => askFor({ ...asked.value, filters: {} })}>
          <Icon name="close" size={14} /> Clear
        </button>
      )}
    </fieldset>
  )
}

/** Changes some of the filters; undefined takes one away. */
function put(change: { readonly [Name in keyof Filters]?: Filters[Name] | undefined }): void {
  const entries = Object.entries({ ...asked.value.filters, ...change }).filter(([, value]) => value !== undefined)
  askFor({ ...asked.value, filters: Object.fromEntries(entries) })
}

const SHAPES = [
  ['landscape', 'Wide'],
  ['portrait', 'Tall'],
  ['square', 'Square'],
] as const

function ShapeChips(): JSX.Element {
  const { orientation } = asked.value.filters
  return (
    <>
      {SHAPES.map(([shape, label]) => (
        <button
          key={shape}
          type="button"
          class="chip"
          aria-pressed={orientation === shape}
          data-on={orientation === shape || undefined}
          onClick={() => put({ orientation: orientation === shape ? undefined : shape })}
        >
          <span class={`shape shape-${shape}`} aria-hidden="true" />
          {label}
        </button>
      ))}
    </>
  )
}

const SIDES = [512, 768, 1024, 1536]

function SizeChip(): JSX.Element {
  const { minWidth, minHeight } = asked.value.filters
  const side = Math.max(minWidth ?? 0, minHeight ?? 0)
  return (
    <Menu label={side > 0 ? `≥ ${side} px` : 'Size'} name="Least size" on={side > 0}>
      {(close) => (
        <ChoiceList
          name="size"
          chosen={String(side)}
          choices={[['0', 'Any size'], ...SIDES.map((each) => [String(each), `Both sides ≥ ${each} px`] as const)]}
          onDone={close}
          onChoose={(value) => {
            const pixels = Number(value) || undefined
            put({ minWidth: pixels, minHeight: pixels })
          }}
        />
      )}
    </Menu>
  )
}

function SourceChip(): JSX.Element {
  const chosen = asked.value.filters.sources ?? []
  const counts = new Map<string, number>(chosen.map((source) => [source, 0]))
  for (const { source_site } of results.value?.hits.value ?? []) {
    if (source_site) counts.set(source_site, (counts.get(source_site) ?? 0) + 1)
  }
  const sources = [...counts].sort(([, a], [, b]) => b - a).slice(0, 12)
  const toggle = (source: string) => {
    const next = chosen.includes(source) ? chosen.filter((other) => other !== source) : [...chosen, source]
    put({ sources: next.length > 0 ? next : undefined })
  }
  const label =
    chosen.length === 0 ? 'Source' : chosen.length === 1 ? (chosen[0] as string) : `${chosen.length} sources`
  return (
    <Menu label={label} name="Source" on={chosen.length > 0}>
      {sources.length === 0 && <p class="menu-note">Sources show here once there are results.</p>}
      {sources.map(([source, count]) => (
        <label key={source} class="choice">
          <input type="checkbox" checked={chosen.includes(source)} onChange={() => toggle(source)} />
          <span>{source}</span>
          <span class="choice-count">{count > 0 ? count : ''}</span>
        </label>
      ))}
    </Menu>
  )
}

const ORIGINS = [
  ['', 'Anywhere'],
  ['dataset', 'The collection'],
  ['generated', 'Painted here'],
  ['refined', 'Refined here'],
] as const

function OriginChip(): JSX.Element {
  const [origin = ''] = asked.value.filters.origins ?? []
  const label = ORIGINS.find(([value]) => value === origin)?.[1]
  return (
    <Menu label={origin ? label : 'Origin'} name="Origin" on={origin !== ''}>
      {(close) => (
        <ChoiceList
          name="origin"
          chosen={origin}
          choices={ORIGINS}
          onDone={close}
          onChoose={(value) => {
            put({ origins: value ? [value as 'dataset' | 'generated' | 'refined'] : undefined })
          }}
        />
      )}
    </Menu>
  )
}

function RatingChip(): JSX.Element {
  const { minRating = 0 } = asked.value.filters
  const stars = (count: number) => `${'★'.repeat(count)}${count < 5 ? ' or more' : ''}`
  return (
    <Menu label={minRating > 0 ? stars(minRating) : 'Rating'} name="Least rating" on={minRating > 0}>
      {(close) => (
        <ChoiceList
          name="rating"
          chosen={String(minRating)}
          choices={[['0', 'Rated or not'], ...[5, 4, 3, 2, 1].map((each) => [String(each), stars(each)] as const)]}
          onDone={close}
          onChoose={(value) => {
            put({ minRating: Number(value) || undefined })
          }}
        />
      )}
    </Menu>
  )
}

function SinceChip(): JSX.Element {
  const { since } = asked.value.filters
  return (
    <Menu label={since ? `Since ${since}` : 'Added'} name="Added since" on={since !== undefined}>
      <label class="field">
        Came in on or after
        <input
          type="date"
          value={since ?? ''}
          onChange={(event) => put({ since: event.currentTarget.value || undefined })}
        />
      </label>
    </Menu>
  )
}
