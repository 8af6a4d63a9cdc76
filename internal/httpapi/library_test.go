package httpapi_test

// chargingOperations are those of library.go, sites.go and tariffs.go.
var chargingOperations = []string{
	"get /api/v1/profiles", "post /api/v1/profiles", "get /api/v1/profiles/{id}", "put /api/v1/profiles/{id}", "delete /api/v1/profiles/{id}",
	"get /api/v1/sites", "post /api/v1/sites", "get /api/v1/sites/{id}", "put /api/v1/sites/{id}", "delete /api/v1/sites/{id}",
	"put /api/v1/sites/{id}/members/{station}", "delete /api/v1/sites/{id}/members/{station}", "get /api/v1/sites/{id}/allocations",
	"get /api/v1/tariffs", "get /api/v1/tariffs/{id}", "put /api/v1/tariffs/{id}", "delete /api/v1/tariffs/{id}",
	"get /api/v1/default-tariff", "put /api/v1/default-tariff", "delete /api/v1/default-tariff",
}
