import { Button, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNames } from "../../api/names";
import { organisations } from "../../api/queries";
import { FilterMenu } from "../../ui/FilterMenu";
import classes from "../../ui/List.module.css";
import { kinds, type PaperSearch, paperSearch, states, weights } from "./queries";

/** How long after the last letter a text is looked for. */
const settle = 100;

type Props = { search: PaperSearch; onChange: (search: PaperSearch) => void };

/** What the list of papers is narrowed to. */
export function Filters({ search, onChange }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { data: parties } = useSuspenseQuery(organisations);
  const change = (to: Partial<PaperSearch>) => onChange(paperSearch({ ...search, ...to }));
  const type = useDebouncedCallback((q: string) => change({ q }), settle);
  // A view that is opened, or all shown again, changes the text; typing does not change it back.
  const text = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (text.current && text.current !== document.activeElement) text.current.value = search.q ?? "";
  }, [search.q]);
  const narrowed = Object.keys(search).some((k) => k !== "sort");
  return (
    <div className={classes.bar} role="search" aria-label={t("documents.narrow")}>
      <TextInput
        ref={text}
        size="xs"
        type="search"
        w={220}
        defaultValue={search.q}
        placeholder={t("documents.find")}
        aria-label={t("documents.find")}
        leftSection={<IconSearch size={14} aria-hidden />}
        onChange={(e) => type(e.currentTarget.value)}
      />
      <FilterMenu
        label={t("documents.kind")}
        options={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
        chosen={search.kind ?? []}
        onChange={(kind) => change({ kind })}
      />
      <FilterMenu
        label={t("documents.state")}
        options={states.map((value) => ({ value, label: t(`state.${value}`) }))}
        chosen={search.state ?? []}
        onChange={(state) => change({ state })}
      />
      <FilterMenu
        single
        label={t("documents.findings")}
        options={weights.map((value) => ({ value, label: t(`documents.weight.${value}`) }))}
        chosen={search.findings ? [search.findings] : []}
        onChange={([findings]) => onChange(paperSearch({ ...search, findings }))}
      />
      <FilterMenu
        label={t("documents.from")}
        options={parties.items.map((o) => ({ value: o.id, label: nameOf(o.id) }))}
        chosen={search.organisation ?? []}
        onChange={(organisation) => change({ organisation })}
      />
      {narrowed && (
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconX size={14} aria-hidden />}
          onClick={() => onChange(paperSearch({ sort: search.sort }))}
        >
          {t("documents.all")}
        </Button>
      )}
    </div>
  );
}
