import "@mantine/core/styles/Combobox.css";
import { Alert, Button, Group, Loader, Select, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type PaperDocument, Problem, type Schemas, taken } from "../../api/client";
import { me, organisations } from "../../api/queries";
import { ProblemNote } from "../../ui/ProblemNote";
import { FieldList, idOf, useLabel } from "./FieldInput";
import classes from "./Fields.module.css";
import { type Draft, type Fault, faultsOf, type Field, type Form, formOf, pathOf, pruned, written } from "./schema";

type Kind = Schemas["DocumentKind"];

const kinds: Kind[] = [
  "invoice",
  "purchase_order",
  "despatch_advice",
  "receipt_advice",
  "credit_note",
  "debit_note",
  "order_response",
  "packing_list",
  "bill_of_lading",
  "warehouse_receipt",
  "customs_declaration",
  "payment_advice",
];

/** What the name of a file says of its kind; a person decides. */
function guessed(name: string): Kind {
  const hints: [RegExp, Kind][] = [
    [/credit|贷项|红字/i, "credit_note"],
    [/invoice|rechnung|faktura|发票/i, "invoice"],
    [/despatch|delivery|lieferschein|送货|发货/i, "despatch_advice"],
    [/receipt|收货/i, "receipt_advice"],
    [/packing|装箱/i, "packing_list"],
    [/lading|提单/i, "bill_of_lading"],
    [/\bpo\b|order|bestellung|订单|采购/i, "purchase_order"],
  ];
  return hints.find(([hint]) => hint.test(name))?.[1] ?? "invoice";
}

/** Who brings a paper is a party of it: its own side is filled in. */
function useOwnSide(): (kind: Kind) => Draft {
  const { data: actor } = useSuspenseQuery(me);
  const { data } = useSuspenseQuery(organisations);
  const own = data.items.find((o) => o.id === actor.organisation);
  return () => {
    if (!own) return {};
    const party: Draft = {
      name: own.name_local && own.country === "CN" ? own.name_local : own.name,
      ...(own.registration_id ? { registration_id: own.registration_id } : {}),
      ...(own.vat ? { vat: own.vat } : {}),
      ...(own.country ? { country: own.country } : {}),
    };
    if (actor.kind === "supplier") return { seller: party };
    if (actor.kind === "core_enterprise") return { buyer: party };
    if (actor.kind === "warehouse") return { warehouse: party };
    return actor.kind === "carrier" ? { carrier: party } : {};
  };
}

/** The names of all values of a form by their place, for what is said of them. */
function fieldAt(fields: Field[], path: string): Field | undefined {
  const [first = "", ...rest] = path.replaceAll(/\[\d+\]/g, "").split(".");
  const f = fields.find((x) => x.name === first);
  if (!f || rest.length === 0) return f;
  if (f.kind === "group") return fieldAt(f.fields, rest.join(".")) ?? f;
  return f.kind === "rows" ? (fieldAt(f.item, rest.join(".")) ?? f) : f;
}

/** What the server found, at the place of the form that it speaks of. */
function told(error: unknown): { path: string; message: string }[] {
  if (!(error instanceof Problem)) return [];
  return error.faults.flatMap((f) => (f.path ? [{ path: pathOf(f.path), message: f.message }] : []));
}

type Said = { path: string; text: string };

function FormOf({ document, kind, form, onDone }: { document: PaperDocument; kind: Kind; form: Form; onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const label = useLabel();
  const ownSide = useOwnSide();
  const [draft, setDraft] = useState<Draft>(() => ownSide(kind));
  const [said, setSaid] = useState<Said[]>([]);
  const summary = useRef<HTMLDivElement>(null);
  const [key, setKey] = useState(() => window.crypto.randomUUID());

  const sentence = (f: Fault) => {
    const at = fieldAt(form.fields, f.path);
    const name = at ? label(at) : f.name;
    return t(`fields.${f.why === "form" ? "form1" : f.why}`, { name });
  };
  /** All that is wrong is listed at once, and the first of it has the focus. */
  const complain = (list: Said[]) => {
    setSaid(list);
    const first = list[0];
    if (first) window.requestAnimationFrame(() => focusOn(first.path, summary.current));
  };
  const confirm = useMutation({
    mutationFn: (fields: Record<string, unknown>) =>
      taken(
        api.PUT("/v1/documents/{document}/fields", {
          params: {
            path: { document: document.id },
            header: { "If-Match": `"${document.edit}"`, "Idempotency-Key": key },
          },
          body: { kind, fields },
        }),
      ),
    onSuccess: async (paper) => {
      client.setQueryData(["document", document.id, i18n.language], paper);
      await client.invalidateQueries({ queryKey: ["documents"] });
      onDone();
    },
    onError: (error) => {
      setKey(window.crypto.randomUUID());
      complain(
        told(error).map((f) => {
          const at = fieldAt(form.fields, f.path);
          const name = at ? label(at) : f.path;
          return { path: f.path, text: i18n.language === "en" ? `${name}: ${f.message}` : t("fields.server", { name }) };
        }),
      );
    },
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    const kept = (pruned(draft) ?? {}) as Draft;
    const faults = faultsOf(form.fields, kept);
    complain(faults.map((f) => ({ path: f.path, text: sentence(f) })));
    if (faults.length === 0) confirm.mutate({ schema: form.schema, ...written(form.fields, kept) });
  };
  const faults = new Map(said.map((s) => [s.path, s.text]));
  return (
    <form onSubmit={submit} noValidate>
      {said.length > 0 && (
        <Alert ref={summary} color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={t("fields.faults")} my="sm">
          <ul className={classes.faults}>
            {said.map((s) => (
              <li key={s.path + s.text}>
                <button type="button" className={classes.fault} onClick={() => focusOn(s.path, summary.current)}>
                  {s.text}
                </button>
              </li>
            ))}
          </ul>
        </Alert>
      )}
      <FieldList fields={form.fields} path="" value={draft} faults={faults} onChange={(v) => setDraft(v as Draft)} />
      {confirm.isError && said.length === 0 && <ProblemNote error={confirm.error} />}
      <Group gap={12} className={classes.actions}>
        <Button type="submit" loading={confirm.isPending}>
          {t("fields.submit")}
        </Button>
        <Text size="sm" c="dimmed">
          {t("fields.responsible")}
        </Text>
      </Group>
    </form>
  );
}

/** Puts the focus on the input of a value, opening what it is folded into. */
function focusOn(path: string, around: HTMLElement | null) {
  const input = window.document.getElementById(idOf(path));
  if (!input) return around?.focus();
  for (let at = input.parentElement; at; at = at.parentElement) {
    if (at instanceof HTMLDetailsElement) at.open = true;
  }
  input.focus();
  input.scrollIntoView({ block: "center" });
}

/** The fields of a paper that no reader reads, typed in by a person who stands for them. */
export function Typing({ document, onDone }: { document: PaperDocument; onDone: () => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Kind>(() => guessed(document.file_name));
  const { data: form, error } = useQuery({
    queryKey: ["form", kind],
    queryFn: () => formOf(kind),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <Select
        label={t("fields.kind")}
        description={t("fields.kindHelp")}
        data={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
        value={kind}
        allowDeselect={false}
        onChange={(v) => v && setKind(v as Kind)}
        maw={360}
      />
      {error ? <ProblemNote error={error} /> : !form && <Loader m="md" size="sm" aria-label={t("common.loading")} />}
      {form && <FormOf key={kind} document={document} kind={kind} form={form} onDone={onDone} />}
    </>
  );
}
