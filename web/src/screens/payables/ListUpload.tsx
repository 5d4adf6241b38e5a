import { Anchor, Button, FileButton, Group, Modal, Stack, Text } from "@mantine/core";
import { IconTableImport } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem, type Schemas } from "../../api/client";
import { language } from "../../i18n";
import { instant } from "../../ui/format";
import { ProblemNote } from "../../ui/ProblemNote";
import classes from "./Payables.module.css";
import { payableLists } from "./queries";

/** Sends a list as it is: the server reads it. The file's name is told beside it. */
async function send(file: File): Promise<Schemas["PayableList"]> {
  const answer = await fetch("/v1/payable-lists", {
    method: "POST",
    headers: {
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      "Idempotency-Key": window.crypto.randomUUID(),
      "Accept-Language": language(),
    },
    body: file,
  });
  const said: unknown = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(said as Partial<Schemas["Problem"]>, answer.status);
  return said as Schemas["PayableList"];
}

/** Takes the list of payables that the books gave out, and those that were brought before. */
export function ListUpload() {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" size="xs" leftSection={<IconTableImport size={14} aria-hidden />} onClick={() => setOpened(true)}>
        {t("payables.list.open")}
      </Button>
      {opened && <Sheet onClose={() => setOpened(false)} />}
    </>
  );
}

function Sheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const before = useQuery(payableLists);
  const upload = useMutation({
    mutationFn: send,
    onSuccess: async (list) => {
      await client.invalidateQueries({ queryKey: ["receivables"] });
      onClose();
      await navigate({ to: "/payables/lists/$id", params: { id: list.id } });
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("payables.list.title")} centered closeButtonProps={{ "aria-label": t("common.close") }} attributes={{ header: { role: "presentation" } }}>
      <Stack gap="sm">
        <Text size="sm">{t("payables.list.text")}</Text>
        <Group gap="md">
          <FileButton onChange={(file) => file && upload.mutate(file)} accept=".csv,.xlsx" inputProps={{ "data-testid": "list" } as object}>
            {(props) => (
              <Button {...props} loading={upload.isPending} data-autofocus>
                {t("payables.list.choose")}
              </Button>
            )}
          </FileButton>
          <Anchor size="sm" href="/v1/templates/payables?format=xlsx" download>
            {t("payables.list.xlsx")}
          </Anchor>
          <Anchor size="sm" href="/v1/templates/payables?format=csv" download>
            {t("payables.list.csv")}
          </Anchor>
        </Group>
        {upload.isError && <ProblemNote error={upload.error} />}
        {before.data && before.data.items.length > 0 && (
          <section>
            <Text size="sm" fw={600}>
              {t("payables.list.before")}
            </Text>
            <ul className={classes.steps}>
              {before.data.items.map((l) => (
                <li key={l.id}>
                  <Link to="/payables/lists/$id" params={{ id: l.id }} className={classes.plainLink} onClick={onClose}>
                    {l.file_name}
                  </Link>{" "}
                  <Text span size="xs" c="dimmed">
                    {instant(l.imported_at)} · {t("payables.list.rows", { count: l.count })}
                  </Text>
                </li>
              ))}
            </ul>
          </section>
        )}
      </Stack>
    </Modal>
  );
}
