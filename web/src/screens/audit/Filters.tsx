import { Button, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNames } from "../../api/names";
import { organisations } from "../../api/queries";
import { Day } from "../../ui/Day";
import { FilterMenu } from "../../ui/FilterMenu";
import classes from "../../ui/List.module.css";
import own from "./Audit.module.css";
import { type AuditSearch, auditSearch } from "./queries";
import { useActs } from "./words";

const settle = 200;

type Props = {
  search: AuditSearch;
  /** What a person or an object that the log is narrowed to is called. */
  called: { person: string; object: string };
  onChange: (search: AuditSearch) => void;
};

/** What the log is narrowed to. */
export function Filters({ search, called, onChange }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const acts = useActs();
  const { data: parties } = useSuspenseQuery(organisations);
  const change = (to: { [K in keyof AuditSearch]?: AuditSearch[K] | undefined }) => onChange(auditSearch({ ...search, ...to }));
  const type = useDebouncedCallback((q: string) => change({ q: q || undefined }), settle);
  const text = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (text.current && text.current !== document.activeElement) text.current.value = search.q ?? "";
  }, [search.q]);
  const chips = [
    ...(search.person ? [{ key: "person" as const, label: called.person }] : []),
    ...(search.object ? [{ key: "object" as const, label: called.object }] : []),
  ];
  return (
    <div className={classes.bar} role="search" aria-label={t("audit.narrow")}>
      <TextInput
        ref={text}
        size="xs"
        type="search"
        w={280}
        defaultValue={search.q}
        placeholder={t("audit.find")}
        aria-label={t("audit.find")}
        leftSection={<IconSearch size={14} aria-hidden />}
        onChange={(e) => type(e.currentTarget.value)}
      />
      <FilterMenu
        label={t("audit.acts")}
        options={acts}
        chosen={search.act ?? []}
        onChange={(act) => change({ act: act.length > 0 ? act : undefined })}
      />
      <FilterMenu
        single
        label={t("audit.organisation")}
        options={parties.items.map((o) => ({ value: o.id, label: nameOf(o.id) }))}
        chosen={search.organisation ? [search.organisation] : []}
        onChange={([organisation]) => change({ organisation, person: undefined })}
      />
      <FilterMenu
        single
        label={t("audit.source.label")}
        options={(["ledger", "node"] as const).map((value) => ({ value, label: t(`audit.source.${value}`) }))}
        chosen={search.source ? [search.source] : []}
        onChange={([source]) => change({ source })}
      />
      <span className={own.days}>
        <Day label={t("audit.since")} value={search.since} onChange={(since) => change({ since })} />
        <Day label={t("audit.until")} value={search.until} onChange={(until) => change({ until })} />
      </span>
      {chips.map(({ key, label }) => (
        <Button
          key={key}
          size="compact-sm"
          variant="light"
          rightSection={<IconX size={12} aria-hidden />}
          aria-label={t("audit.drop", { filter: label })}
          onClick={() => change({ [key]: undefined })}
        >
          {label}
        </Button>
      ))}
      {Object.keys(search).length > 0 && (
        <Button size="xs" variant="subtle" leftSection={<IconX size={14} aria-hidden />} onClick={() => onChange({})}>
          {t("audit.all")}
        </Button>
      )}
    </div>
  );
}
