// Charts as SVG, drawn without a browser.

import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'

const font = 'system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif'

/** The SVG of a Vega-Lite specification. White below, so that it can be read on dark pages too. */
export async function svgOf(spec: TopLevelSpec): Promise<string> {
  const { spec: compiled } = compile({
    background: 'white',
    padding: 12,
    ...spec,
    config: {
      font,
      axis: { grid: true, gridColor: '#e8e8e8', domainColor: '#999', tickColor: '#999', labelColor: '#333' },
      header: { labelFontSize: 12, labelFontWeight: 'bold', titleFontSize: 12 },
      view: { stroke: '#ccc' },
      legend: { labelFontSize: 12, titleFontSize: 12, symbolStrokeWidth: 3 },
      ...spec.config,
    },
  })
  const view = new View(parse(compiled), { renderer: 'none' })
  try {
    // A hundredth of a pixel is enough; more only makes the file larger. Numbers of labels stand between tags and stay.
    const rounded = (tag: string) => tag.replace(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))))
    return `${(await view.toSVG()).replace(/<[^>]+>/g, rounded)}\n`
  } finally {
    view.finalize()
  }
}
