import { Button, Menu } from "@mantine/core";
import { IconAdjustmentsHorizontal, IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { densities, setDensity, useDensity } from "./density";
import classes from "./List.module.css";
import type { Column, Sorting } from "./List";

type Props<Row> = {
  columns: Column<Row>[];
  hidden: ReadonlySet<string>;
  onToggle: (id: string) => void;
  sorting?: Sorting;
};

const tick = (on: boolean) => <IconCheck size={14} aria-hidden className={classes.tick} data-on={on} />;

/** How a list is shown: its order, its columns, and how high the rows are. */
export function ListMenu<Row>({ columns, hidden, onToggle, sorting }: Props<Row>) {
  const { t } = useTranslation();
  const rows = useDensity();
  const sortable = sorting ? columns.filter((c) => c.sort) : [];
  return (
    <Menu closeOnItemClick={false} position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" className={classes.tool} leftSection={<IconAdjustmentsHorizontal size={14} aria-hidden />}>
          <span className={classes.word}>{t("list.display")}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.choices}>
        {sortable.length > 0 && <Menu.Label>{t("list.sort")}</Menu.Label>}
        {sortable.flatMap((c) =>
          [c.sort ?? "", `-${c.sort}`].map((by) => (
            <Menu.Item
              key={by}
              role="menuitemradio"
              aria-checked={sorting?.by === by}
              leftSection={tick(sorting?.by === by)}
              onClick={() => sorting?.onSort(by)}
            >
              {t(by.startsWith("-") ? "list.down" : "list.up", { column: c.title })}
            </Menu.Item>
          )),
        )}
        <Menu.Label>{t("list.columns")}</Menu.Label>
        {columns.slice(1).map((c) => (
          <Menu.Item
            key={c.id}
            role="menuitemcheckbox"
            aria-checked={!hidden.has(c.id)}
            leftSection={tick(!hidden.has(c.id))}
            onClick={() => onToggle(c.id)}
          >
            {c.title}
          </Menu.Item>
        ))}
        <Menu.Label>{t("list.rows")}</Menu.Label>
        {densities.map((d) => (
          <Menu.Item
            key={d}
            role="menuitemradio"
            aria-checked={rows === d}
            leftSection={tick(rows === d)}
            onClick={() => setDensity(d)}
          >
            {t(`list.${d}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
