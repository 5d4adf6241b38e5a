import { ActionIcon, Button, Group, Select, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { countryChoices, currencyChoices, units } from "./codes";
import classes from "./Fields.module.css";
import { type Draft, type Field, isAsked, type Value } from "./schema";

/** The id of a value's input, so that a fault leads to it. */
export function idOf(path: string): string {
  return `field-${path.replaceAll(/[^A-Za-z0-9_]/g, "-")}`;
}

export function useLabel(): (f: Field) => string {
  const { t } = useTranslation();
  return (f) => t(`typed.${f.name === "lines" && f.kind === "decimal" ? "lines_total" : (f.name as "number")}`);
}

type Props<F = Field> = {
  field: F;
  path: string;
  value: Value;
  faults: Map<string, string>;
  onChange: (value: Value) => void;
};

const taxes = ["S", "Z", "E", "G", "AE", "O"] as const;

/** The choices of a value that is a code. */
function useChoices(field: Field): { value: string; label: string }[] | undefined {
  const { t } = useTranslation();
  switch (field.kind) {
    case "choice":
      return field.choices.map((value) => ({ value, label: t(`choice.${value as "order"}`) }));
    case "flag":
      return [
        { value: "yes", label: t("choice.yes") },
        { value: "no", label: t("choice.no") },
      ];
    case "currency":
      return currencyChoices();
    case "country":
      return countryChoices();
    case "unit":
      return units.map((value) => ({ value: value.replace(/^X/, ""), label: t(`unit.${value}`) }));
    default:
      return field.name === "tax_category" || field.name === "category"
        ? taxes.map((value) => ({ value, label: t(`choice.tax_${value}`) }))
        : undefined;
  }
}

function Single({ field, path, value, faults, onChange }: Props) {
  const { t } = useTranslation();
  const label = useLabel()(field);
  const choices = useChoices(field);
  const error = faults.get(path);
  const common = { id: idOf(path), label, withAsterisk: field.required, error, "aria-required": field.required };
  if (choices) {
    const flag = field.kind === "flag";
    const shown = flag ? (value === undefined ? null : value === true ? "yes" : "no") : typeof value === "string" ? value : null;
    return (
      <Select
        {...common}
        data={choices}
        searchable={choices.length > 8}
        clearable={!field.required}
        value={shown}
        onChange={(v) => onChange(flag ? (v === null ? undefined : v === "yes") : (v ?? undefined))}
      />
    );
  }
  const decimal = field.kind === "decimal";
  return (
    <TextInput
      {...common}
      type={field.kind === "date" ? "date" : "text"}
      {...(decimal ? { inputMode: "decimal" as const, classNames: { input: classes.decimal ?? "" } } : {})}
      {...(field.kind === "integer" ? { inputMode: "numeric" as const } : {})}
      {...(field.kind === "texts" ? { description: t("fields.textsHelp") } : {})}
      value={typeof value === "string" ? value : ""}
      onChange={(e) => onChange(e.currentTarget.value)}
    />
  );
}

/** The values of a group: those that are asked for, the others folded away. */
export function FieldList({ fields, path, value, faults, onChange }: Omit<Props, "field"> & { fields: Field[] }) {
  const { t } = useTranslation();
  const draft = (value ?? {}) as Draft;
  const asked = fields.filter((f) => isAsked(f) || draft[f.name] !== undefined);
  const rest = fields.filter((f) => !asked.includes(f));
  const one = (f: Field) => {
    const at = path ? `${path}.${f.name}` : f.name;
    return (
      <FieldInput
        key={f.name}
        field={f}
        path={at}
        value={draft[f.name]}
        faults={faults}
        onChange={(v) => onChange({ ...draft, [f.name]: v })}
      />
    );
  };
  return (
    <>
      <div className={classes.grid}>{asked.map(one)}</div>
      {rest.length > 0 && (
        <details className={classes.more}>
          <summary>{t("fields.more", { count: rest.length })}</summary>
          <div className={classes.grid}>{rest.map(one)}</div>
        </details>
      )}
    </>
  );
}

function Rows({ field, path, value, faults, onChange }: Props<Extract<Field, { kind: "rows" }>>) {
  const { t } = useTranslation();
  const label = useLabel()(field);
  const given = (value ?? []) as Draft[];
  const rows = given.length === 0 && field.required ? [{}] : given;
  const missing = faults.get(path);
  return (
    <fieldset className={classes.group}>
      <legend id={idOf(path)} tabIndex={-1}>
        {label}
      </legend>
      {missing && (
        <p className={classes.wrong} role="alert">
          {missing}
        </p>
      )}
      {rows.map((row, n) => (
        // oxlint-disable-next-line react/no-array-index-key -- a row is known by its place
        <fieldset key={n} className={classes.row}>
          <legend>{t("fields.row", { what: label, number: n + 1 })}</legend>
          <FieldList
            fields={field.item}
            path={`${path}[${n}]`}
            value={row}
            faults={faults}
            onChange={(v) => onChange(rows.map((r, i) => (i === n ? (v as Draft) : r)))}
          />
          {rows.length > 1 && (
            <ActionIcon
              className={classes.remove}
              variant="subtle"
              color="gray"
              aria-label={t("fields.remove", { number: n + 1 })}
              onClick={() => onChange(rows.filter((_, i) => i !== n))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          )}
        </fieldset>
      ))}
      <Group>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...rows, field.item.some((f) => f.name === "id") ? { id: String(rows.length + 1) } : {}])}
        >
          {t("fields.add", { what: label })}
        </Button>
      </Group>
    </fieldset>
  );
}

export function FieldInput(props: Props) {
  const label = useLabel()(props.field);
  const { field } = props;
  if (field.kind === "rows") return <Rows {...props} field={field} />;
  if (field.kind !== "group") return <Single {...props} />;
  return (
    <fieldset className={classes.group}>
      <legend>{label}</legend>
      <FieldList fields={field.fields} path={props.path} value={props.value} faults={props.faults} onChange={props.onChange} />
    </fieldset>
  );
}
