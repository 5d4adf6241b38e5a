package arch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// loadCompose reads docker-compose.yml as the real tool does, with only this environment.
func loadCompose(t *testing.T, env ...string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions(
		[]string{filepath.Join(root, "docker-compose.yml")}, cli.WithEnv(env),
	)
	if err != nil {
		t.Fatal(err)
	}
	return options.LoadProject(t.Context())
}

func TestComposeFileStartsTheServiceOnARealDatabase(t *testing.T) {
	project, err := loadCompose(t, "POSTGRES_PASSWORD=only-in-this-test")
	if err != nil {
		t.Fatal(err)
	}
	service, err := project.GetService("countersign")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(service.Build.Context, service.Build.Dockerfile)); err != nil {
		t.Errorf("the image cannot be built: %v", err)
	}
	if on := service.DependsOn["postgres"]; on.Condition != types.ServiceConditionHealthy {
		t.Errorf("the service starts on %q, not when the database is healthy", on.Condition)
	}
	database := service.Environment["DATABASE_URL"]
	if database == nil || !strings.Contains(*database, "only-in-this-test@postgres:") {
		t.Error("the service does not get the database's address and password")
	}
}

func TestComposeFileRefusesToStartWithoutAPassword(t *testing.T) {
	if _, err := loadCompose(t); err == nil {
		t.Error("loaded without POSTGRES_PASSWORD: there must be no default password")
	}
}

func TestComposeFileListensOnThisMachineOnly(t *testing.T) {
	project, err := loadCompose(t, "POSTGRES_PASSWORD=x")
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range project.Services {
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s: port %s is open to %q", service.Name, port.Published, port.HostIP)
			}
		}
	}
}
