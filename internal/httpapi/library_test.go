package httpapi_test

var chargingOperations = []string{
	"get /api/v1/profiles", "post /api/v1/profiles", "get /api/v1/profiles/{id}", "put /api/v1/profiles/{id}", "delete /api/v1/profiles/{id}",
}
