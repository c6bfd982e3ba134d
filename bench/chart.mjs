import { amount } from './report.mjs'

/** A bar chart as SVG, on a logarithmic scale, with colours for light and dark pages. */

const width = 980
const label = 510
const right = 90
const row = 26
const bar = 16
const top = 46
const bottom = 14

/** Comparisons that have a bar: how many times as fast as the alternative. */
function isComparison({ unit, goal }) {
  return unit === '×' && goal?.bar.startsWith('≥')
}

/** @param figures as in docs/performance.json, with titles and goals */
export function chart(figures) {
  const bars = figures.flatMap(({ runtime, rows }) => rows.filter(isComparison).map((entry) => ({ runtime, ...entry })))
  const most = Math.max(10, ...bars.map(({ value }) => value))
  const least = Math.min(1, ...bars.map(({ value }) => value))
  const x = (value) => label + (Math.log(value / least) / Math.log(most / least)) * (width - label - right)
  const height = top + bars.length * row + bottom
  const ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].filter((value) => value <= most)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '  <title>Speed compared with the alternatives</title>',
    '  <style>',
    '    text { font: 12px system-ui, sans-serif; fill: #1f2328 }',
    '    .axis { fill: #59636e } line { stroke: #d1d9e0 } .one { stroke: #59636e } rect { fill: #0969da }',
    '    .runtime { fill: #59636e } .short { fill: #bc4c00 }',
    '    @media (prefers-color-scheme: dark) {',
    '      text { fill: #f0f6fc } .axis, .runtime { fill: #9198a1 } line { stroke: #3d444d } .one { stroke: #9198a1 }',
    '      rect { fill: #4493f8 } .short { fill: #f0883e }',
    '    }',
    '  </style>',
    `  <text x="${label}" y="16" class="axis">times as fast as the alternative (logarithmic)</text>`,
    ...ticks.flatMap((value) => [
      `  <line x1="${round(x(value))}" x2="${round(x(value))}" y1="${top - 8}" y2="${height - bottom}"${value === 1 ? ' class="one"' : ''} />`,
      `  <text x="${round(x(value))}" y="${top - 12}" text-anchor="middle" class="axis">${value}</text>`,
    ]),
    ...bars.flatMap(({ runtime, title, value, goal }, i) => {
      const y = top + i * row
      const from = Math.min(x(1), x(value))
      const length = Math.max(1, Math.abs(x(value) - x(1)))
      return [
        `  <text x="${label - 12}" y="${y + 13}" text-anchor="end">${captionOf(title)} <tspan class="runtime">${escapeText(shortRuntime(runtime))}</tspan></text>`,
        `  <rect x="${round(from)}" y="${y}" width="${round(length)}" height="${bar}" rx="2"${goal?.met === false ? ' class="short"' : ''} />`,
        `  <text x="${round(Math.max(x(1), x(value)) + 6)}" y="${y + 13}">${escapeText(amount(value, '×'))}</text>`,
      ]
    }),
    '</svg>',
    '',
  ].join('\n')
}

function captionOf(title) {
  return escapeText(title.replaceAll('`', ''))
}

/** `Node 20.20.2` as `Node 20`. */
function shortRuntime(runtime) {
  return runtime.split('.')[0]
}

function escapeText(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function round(number) {
  return Math.round(number * 10) / 10
}
