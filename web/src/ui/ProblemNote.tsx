import { Alert, Button, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/client";

/** What went wrong, in the server's words where it gave some, and what to do next. */
export function ProblemNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const told = error instanceof Problem && error.message !== "";
  const words = told ? error.message : error instanceof Problem ? t("failure.unknown") : t("failure.network");
  return (
    <Alert role="alert" color="red" variant="light" icon={<IconAlertTriangle size={18} />} m="md">
      <Text size="sm">{words}</Text>
      {error instanceof Problem && error.instance && (
        <Text size="xs" c="dimmed" mt={4}>
          {t("common.requestId", { id: error.instance })}
        </Text>
      )}
      {onRetry && (
        <Button size="xs" mt="sm" variant="default" onClick={onRetry}>
          {t("common.retry")}
        </Button>
      )}
    </Alert>
  );
}
