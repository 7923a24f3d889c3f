import {
  LegendDisplayMode,
  LegendPlacement,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  type Panel as GrafanaPanel,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StatesBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

import type { Board, Panel } from './model.ts';

/** Chosen by who looks; nothing names a Prometheus. */
const DATASOURCE = { type: 'prometheus', uid: '$datasource' };
/** Three panels beside each other on Grafana's grid of 24 columns. */
const PANEL_SPAN = 8;
const PANEL_HEIGHT = 8;
/** A revision that was not in force a minute ago. */
const NEW_REVISION =
  'paymesh_config_revision_info unless on (revision) (paymesh_config_revision_info offset 1m)';

/** The dashboard as Grafana loads it; the same board gives the same object. */
export function toGrafana({ name, title, description, rows }: Board): Dashboard {
  const dashboard = new DashboardBuilder(title)
    .uid(`paymesh-${name}`)
    .description(description)
    .tags(['paymesh'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .annotation(
      new AnnotationQueryBuilder()
        .name('Config revisions')
        .datasource(DATASOURCE)
        .enable(true)
        .iconColor('purple')
        .expr(NEW_REVISION)
        .titleFormat('Revision {{revision}}'),
    );
  for (const row of rows) {
    dashboard.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) dashboard.withPanel(toPanel(panel));
  }
  return withIds(dashboard.build());
}

type AnyPanelBuilder = LinesBuilder | StatBuilder | StatesBuilder;

function toPanel(panel: Panel): AnyPanelBuilder {
  const builder = builderFor(panel.view)
    .title(panel.title)
    .description(panel.description)
    .unit(panel.unit)
    .datasource(DATASOURCE)
    .span(PANEL_SPAN)
    .height(PANEL_HEIGHT);
  for (const [index, { expr, legend }] of panel.queries.entries()) {
    builder.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode('A'.charCodeAt(0) + index))
        .datasource(DATASOURCE)
        .expr(expr)
        .legendFormat(legend),
    );
  }
  return builder;
}

function builderFor(view: Panel['view']): AnyPanelBuilder {
  switch (view) {
    case 'lines':
      return new LinesBuilder().legend(
        new VizLegendOptionsBuilder()
          .showLegend(true)
          .displayMode(LegendDisplayMode.List)
          .placement(LegendPlacement.Bottom),
      );
    case 'value':
      return new StatBuilder();
    case 'states':
      return new StatesBuilder();
  }
}

/** Numbers every panel, so that links to one survive. */
function withIds(dashboard: Dashboard): Dashboard {
  const panels = (dashboard.panels ?? []).map(
    (panel, index): GrafanaPanel => ({
      ...(panel as GrafanaPanel),
      id: index + 1,
    }),
  );
  return { ...dashboard, panels };
}
